#include <mongoc/mongoc.h>

/*
 * A bson_t asks for 128-byte alignment, which is imported to Swift as 4. These take a document as its bytes and keep
 * the bson_t on C's stack, where the compiler aligns it. Nothing is copied but what libmongoc itself keeps.
 */

static inline const bson_t *stores_bson(bson_t *bson, const uint8_t *bytes, size_t size) {
  return bson_init_static(bson, bytes, size) ? bson : NULL;
}

/* The collection's own write concern without `j`. */
static inline void stores_leave_journal(mongoc_collection_t *collection) {
  mongoc_write_concern_t *concern = mongoc_write_concern_copy(mongoc_collection_get_write_concern(collection));
  mongoc_write_concern_set_journal(concern, false);
  mongoc_collection_set_write_concern(collection, concern);
  mongoc_write_concern_destroy(concern);
}

static inline mongoc_bulk_operation_t *stores_bulk_new(
    mongoc_collection_t *collection, const uint8_t *options, size_t options_size) {
  bson_t opts;
  return mongoc_collection_create_bulk_operation_with_opts(collection, stores_bson(&opts, options, options_size));
}

static inline bool stores_bulk_insert(
    mongoc_bulk_operation_t *bulk, const uint8_t *document, size_t document_size,
    const uint8_t *options, size_t options_size, bson_error_t *error) {
  bson_t doc, opts;
  return mongoc_bulk_operation_insert_with_opts(
      bulk, stores_bson(&doc, document, document_size), stores_bson(&opts, options, options_size), error);
}

/* `update` is a document of operators or, as an array's bytes, an aggregation pipeline. */
static inline bool stores_bulk_update_one(
    mongoc_bulk_operation_t *bulk, const uint8_t *filter, size_t filter_size, const uint8_t *update,
    size_t update_size, const uint8_t *options, size_t options_size, bson_error_t *error) {
  bson_t selector, doc, opts;
  return mongoc_bulk_operation_update_one_with_opts(
      bulk, stores_bson(&selector, filter, filter_size), stores_bson(&doc, update, update_size),
      stores_bson(&opts, options, options_size), error);
}

static inline bool stores_bulk_replace_one(
    mongoc_bulk_operation_t *bulk, const uint8_t *filter, size_t filter_size, const uint8_t *replacement,
    size_t replacement_size, const uint8_t *options, size_t options_size, bson_error_t *error) {
  bson_t selector, doc, opts;
  return mongoc_bulk_operation_replace_one_with_opts(
      bulk, stores_bson(&selector, filter, filter_size), stores_bson(&doc, replacement, replacement_size),
      stores_bson(&opts, options, options_size), error);
}

static inline mongoc_cursor_t *stores_find(
    mongoc_collection_t *collection, const uint8_t *filter, size_t filter_size,
    const uint8_t *options, size_t options_size) {
  bson_t selector, opts;
  return mongoc_collection_find_with_opts(
      collection, stores_bson(&selector, filter, filter_size), stores_bson(&opts, options, options_size), NULL);
}

static inline mongoc_cursor_t *stores_aggregate(
    mongoc_collection_t *collection, const uint8_t *pipeline, size_t pipeline_size,
    const uint8_t *options, size_t options_size) {
  bson_t stages, opts;
  return mongoc_collection_aggregate(
      collection, MONGOC_QUERY_NONE, stores_bson(&stages, pipeline, pipeline_size),
      stores_bson(&opts, options, options_size), NULL);
}

/* `reply` is initialized whatever the outcome. */
static inline bool stores_command(
    mongoc_client_t *client, const char *database, const uint8_t *command, size_t command_size,
    bson_t *reply, bson_error_t *error) {
  bson_t cmd;
  return mongoc_client_command_simple(
      client, database, stores_bson(&cmd, command, command_size), NULL, reply, error);
}
