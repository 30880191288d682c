#include <stdlib.h>
#include <string.h>

#include "internal.h"

static size_t flat_size(const grpc_metadata_array *array) {
  size_t size = 0;
  for (size_t i = 0; i < array->count; i++)
    size += 2 * sizeof(uint32_t) + GRPC_SLICE_LENGTH(array->metadata[i].key)
      + GRPC_SLICE_LENGTH(array->metadata[i].value);
  return size;
}

static uint8_t *put(uint8_t *cursor, const void *bytes, size_t count) {
  memcpy(cursor, bytes, count);
  return cursor + count;
}

static void copy_flat(const grpc_metadata_array *array, uint8_t *cursor) {
  for (size_t i = 0; i < array->count; i++) {
    const grpc_metadata *entry = &array->metadata[i];
    uint32_t lengths[2] = {
      (uint32_t)GRPC_SLICE_LENGTH(entry->key), (uint32_t)GRPC_SLICE_LENGTH(entry->value)};
    cursor = put(cursor, lengths, sizeof lengths);
    cursor = put(cursor, GRPC_SLICE_START_PTR(entry->key), lengths[0]);
    cursor = put(cursor, GRPC_SLICE_START_PTR(entry->value), lengths[1]);
  }
}

size_t cgrpc_call_initial_metadata_size(const cgrpc_call *call) {
  return flat_size(&call->initial_metadata);
}

void cgrpc_call_copy_initial_metadata(const cgrpc_call *call, uint8_t *destination) {
  copy_flat(&call->initial_metadata, destination);
}

size_t cgrpc_call_initial_metadata_list_size(const cgrpc_call *call) {
  const grpc_metadata_array *array = &call->initial_metadata;
  // The flat form counts 8 bytes of lengths where HTTP/2 counts 32 of overhead.
  return flat_size(array) + array->count * (32 - 2 * sizeof(uint32_t));
}

size_t cgrpc_call_trailing_metadata_size(const cgrpc_call *call) {
  return flat_size(&call->trailing_metadata);
}

void cgrpc_call_copy_trailing_metadata(const cgrpc_call *call, uint8_t *destination) {
  copy_flat(&call->trailing_metadata, destination);
}

/// Walks one entry of flat metadata; false at a length that does not fit.
static bool next_entry(
  const uint8_t **cursor, const uint8_t *end, uint32_t lengths[2], const uint8_t **bytes
) {
  if ((size_t)(end - *cursor) < 2 * sizeof(uint32_t)) return false;
  memcpy(lengths, *cursor, 2 * sizeof(uint32_t));
  *bytes = *cursor + 2 * sizeof(uint32_t);
  if ((size_t)(end - *bytes) < (size_t)lengths[0] + lengths[1]) return false;
  *cursor = *bytes + lengths[0] + lengths[1];
  return true;
}

/// Whether core takes the entry; it must not find out in the middle of a batch, which it would
/// leave half done.
static bool is_legal(const grpc_metadata *entry) {
  if (!grpc_header_key_is_legal(entry->key)) return false;
  return grpc_is_binary_header(entry->key) || grpc_header_nonbin_value_is_legal(entry->value);
}

bool cgrpc_outgoing_metadata_read(
  cgrpc_outgoing_metadata *out, const uint8_t *flat, size_t length
) {
  *out = (cgrpc_outgoing_metadata){NULL, 0};
  if (length == 0) return true;
  const uint8_t *end = flat + length;
  const uint8_t *bytes;
  uint32_t lengths[2];
  size_t count = 0;
  for (const uint8_t *cursor = flat; cursor < end; count++)
    if (!next_entry(&cursor, end, lengths, &bytes)) return false;
  out->entries = calloc(count, sizeof *out->entries);
  if (out->entries == NULL) return false;
  for (const uint8_t *cursor = flat; out->count < count; out->count++) {
    if (!next_entry(&cursor, end, lengths, &bytes)) break;
    // Core keeps references to the values beyond the start of the batch: they must be its own.
    out->entries[out->count].key =
      grpc_slice_from_copied_buffer((const char *)bytes, lengths[0]);
    out->entries[out->count].value =
      grpc_slice_from_copied_buffer((const char *)bytes + lengths[0], lengths[1]);
    if (!is_legal(&out->entries[out->count])) {
      out->count++;
      cgrpc_outgoing_metadata_free(out);
      return false;
    }
  }
  return true;
}

void cgrpc_outgoing_metadata_free(cgrpc_outgoing_metadata *metadata) {
  for (size_t i = 0; i < metadata->count; i++) {
    grpc_slice_unref(metadata->entries[i].key);
    grpc_slice_unref(metadata->entries[i].value);
  }
  free(metadata->entries);
  *metadata = (cgrpc_outgoing_metadata){NULL, 0};
}
