/* The skimmer with the loop for machines without SSE2: the same tests as test_json_skim_same, over fewer texts. */
#define SKIM_PORTABLE 1
#define MUTANTS ((size_t)100000)

#include "test_json_skim_same.c"

/* this program's own skimmer, instead of the library's */
#include "json/skim.c"
#include "json/jv.c"
