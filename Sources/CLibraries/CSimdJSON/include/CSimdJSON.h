/// simdjson behind a C header: one document at a time, picked apart by field names.
#pragma once
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct csj_parser csj_parser;

enum {
  csj_absent, csj_null, csj_bool, csj_int64, csj_uint64, csj_double, csj_string, csj_array, csj_object
};

/// A value of the document; `text` (strings only) lives until the next parse.
typedef struct {
  uint8_t kind;
  size_t length;
  const char *text;
  int64_t integer;  // of csj_bool, csj_int64; of csj_uint64 its bits
  double number;    // of csj_int64, csj_uint64, csj_double
} csj_value;

enum { csj_ok, csj_malformed, csj_not_object, csj_too_deep, csj_no_memory };

/// Bytes that must be readable behind a document for it to be parsed in place.
extern const size_t csj_padding;

/// A parser that picks the `root_count` first names from the document and the others from the object that
/// stands in the document under the name at `data_index`. A name that occurs twice has its last value.
csj_parser *csj_parser_new(
    const char *const *names, const size_t *lengths, size_t root_count, size_t count, size_t data_index,
    size_t max_depth);
void csj_parser_free(csj_parser *parser);

/// Parses one document and fills `count` values. With fewer than `length + csj_padding` bytes of `capacity`
/// the document is copied first.
int csj_parse(csj_parser *parser, const char *bytes, size_t length, size_t capacity, csj_value *values);

/// The value at `index` of the last parse as compact JSON; lives until the next call or parse.
const char *csj_minify(csj_parser *parser, size_t index, size_t *length);

/// Called for every value of the data object, depth first: `key` is null inside an array; after the members of an
/// object or array it is called once more with kind `csj_absent`.
typedef void (*csj_visitor)(void *context, const char *key, size_t key_length, const csj_value *value);
void csj_visit_data(const csj_parser *parser, csj_visitor visitor, void *context);

#ifdef __cplusplus
}
#endif
