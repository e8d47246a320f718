/*
 * dim_values.h - the values of a dimension that occur, for a form to choose from.
 */
#ifndef REPORT_DIM_VALUES_H
#define REPORT_DIM_VALUES_H

#include "report/dims.h"
#include "store/store.h"

/* A value that occurs, as a filter takes it ("": not known), and what it is called; both lent for the call. */
typedef void dim_value_fn(void *arg, struct str value, struct str label);

/*
 * Tell FN with ARG the values of D in S, at most MAX of them, in order of their bytes. Returns
 * how many; -1 with ERR_BUSY or ERR_DB in *E.
 */
int dim_values(
    struct store *s, const struct dim *d, int max, dim_value_fn *fn, void *arg, struct err *e);

#endif
