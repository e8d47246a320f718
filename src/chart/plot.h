/*
 * plot.h - a chart with an axis: one or more panels above each other on one
 * x axis, columns, levels or a step line in each, laid out into a JSON tree
 * that templates/chart/plot.mustache draws. doc/PAGES.md describes the tree.
 *
 * Texts are borrowed during the call and may hold anything; NULL is "none".
 */
#ifndef CHART_PLOT_H
#define CHART_PLOT_H

#include "chart/marks.h"
#include "chart/text.h"

struct json_object;

#define CHART_MAX_PANELS 3
#define CHART_MAX_HITS 130 /* columns that get a link and a tooltip of their own */

/* What belongs to one place on the x axis. */
struct chart_column {
	struct chart_label label; /* x is not read: it is the column's */
	bool rest;                /* a weekend: shaded */
	const char *href;         /* for the pointer; the table has it for everyone */
	const char *title;        /* what the pointer shows */
};

/* One row of values, COUNT of the plot's columns long. */
struct chart_series {
	const char *cls;   /* CSS class of its marks: f-cached, f-uncached, … */
	const char *name;  /* "cached input" */
	const char *total; /* "7.81 B · 97.1 %" */
	const int64_t *v;
	bool hatched; /* the fill of its class is a pattern */
};

/* One panel. */
struct chart_panel {
	enum chart_kind { CHART_COLUMNS, CHART_LEVELS, CHART_STEPS } kind;
	const char *title;                 /* above it; NULL: none */
	const char *more;                  /* goes on behind the title where there is room */
	int height;                        /* pixels */
	enum chart_unit unit;              /* of its axis */
	int64_t top;                       /* of its scale; 0: from the data */
	bool bands;                        /* 75 and 90 % of a scale in permille are marked */
	bool cap;                          /* a line on top of each column */
	int peak;                          /* column whose total is written above it; -1: none */
	const char *peak_text;             /* what is written; NULL: the total as chart_short */
	const struct chart_series *series; /* from the baseline up */
	int nseries;
	const struct chart_sample *samples; /* CHART_STEPS */
	size_t nsamples;
	int64_t until; /* ms: where a step line ends */
	int low, high; /* CHART_STEPS: forecast at the end of the axis in permille; high 0: none */
};

/* A dotted line through all panels with a short sentence. */
struct chart_mark {
	int x; /* 0 to CHART_WIDTH */
	const char *text;
};

struct chart_plot {
	const char *id;    /* word for ids in the page: letters, digits, '-' */
	const char *title; /* of the drawing, for those who do not see it */
	const char *desc;
	const struct chart_column *columns; /* NULL: a time axis */
	int ncolumns;                       /* 0 to CHART_MAX_COLUMNS */
	const struct chart_label *labels;   /* of a time axis */
	int nlabels;
	int64_t from, to; /* ms: of a time axis */
	const struct chart_panel *panels;
	int npanels;
	const struct chart_mark *marks;
	int nmarks;
	const char
	    *last; /* written above the last column of the first panel: "so far"; NULL: none */
	bool key;  /* name the series beside the panels */
};

/*
 * Lay P out. Returns the tree, owned by the caller until it is put somewhere; what is over a
 * bound is cut. Aborts when out of memory.
 */
struct json_object *chart_plot_tree(const struct chart_plot *p);

#endif
