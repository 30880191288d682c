#include "streams.h"

#include <stdlib.h>
#include <string.h>

enum { SMALLEST_CAPACITY = 16 };

// MARK: - Stream

void open_stream_charge(open_stream *stream, int64_t bytes) {
  stream->bytes += bytes;
  if (stream->has_first) stream->passing_bytes += bytes;
}

/// A message is complete; what the stream is not charged with any more.
static int64_t complete_message(open_stream *stream) {
  int64_t bytes = stream->passing_bytes;
  stream->bytes -= bytes;
  stream->passing_bytes = 0;
  stream->filled = 0;
  stream->has_first = true;
  return bytes;
}

int64_t open_stream_receive(open_stream *stream, const uint8_t *data, size_t size) {
  int64_t returned = 0;
  while (size > 0) {
    size_t missing = sizeof stream->head - stream->filled;
    size_t step = missing > 0 ? missing : stream->left;
    if (step > size) step = size;
    if (missing > 0) {
      memcpy(stream->head + stream->filled, data, step);
      stream->filled = (uint8_t)(stream->filled + step);
      const uint8_t *head = stream->head;
      stream->left = (uint32_t)head[1] << 24 | (uint32_t)head[2] << 16
        | (uint32_t)head[3] << 8 | head[4];
    } else {
      stream->left -= (uint32_t)step;
    }
    data += step;
    size -= step;
    if (stream->filled == sizeof stream->head && stream->left == 0)
      returned += complete_message(stream);
  }
  return returned;
}

// MARK: - Table

/// Clients count their streams 1, 3, 5: neighbours do not collide.
static size_t home_of(const stream_table *table, uint32_t number) {
  return (number >> 1) & (table->capacity - 1);
}

static size_t next(const stream_table *table, size_t place) {
  return (place + 1) & (table->capacity - 1);
}

/// The place of the stream, or the free place where the search for it ends.
static open_stream *find(const stream_table *table, uint32_t number) {
  size_t place = home_of(table, number);
  while (table->places[place].number != 0 && table->places[place].number != number)
    place = next(table, place);
  return &table->places[place];
}

static bool grow(stream_table *table) {
  size_t capacity = table->capacity == 0 ? SMALLEST_CAPACITY : 2 * table->capacity;
  open_stream *places = calloc(capacity, sizeof *places);
  if (places == NULL) return false;
  stream_table grown = {.places = places, .capacity = capacity, .count = table->count};
  for (size_t i = 0; i < table->capacity; i++)
    if (table->places[i].number != 0) *find(&grown, table->places[i].number) = table->places[i];
  free(table->places);
  *table = grown;
  return true;
}

bool stream_table_insert(stream_table *table, uint32_t number, int64_t bytes) {
  // At most three quarters are in use: every search ends.
  if (4 * (table->count + 1) > 3 * table->capacity && !grow(table)) return false;
  *find(table, number) = (open_stream){.number = number, .bytes = bytes};
  table->count++;
  return true;
}

open_stream *stream_table_find(stream_table *table, uint32_t number) {
  if (table->count == 0 || number == 0) return NULL;
  open_stream *stream = find(table, number);
  return stream->number == 0 ? NULL : stream;
}

int64_t stream_table_remove(stream_table *table, uint32_t number) {
  open_stream *stream = stream_table_find(table, number);
  if (stream == NULL) return 0;
  int64_t bytes = stream->bytes;
  // Those behind it move up, as far as that brings them nearer to their home.
  size_t hole = (size_t)(stream - table->places);
  for (size_t place = next(table, hole); table->places[place].number != 0;
       place = next(table, place)) {
    size_t home = home_of(table, table->places[place].number);
    size_t mask = table->capacity - 1;
    if (((place - home) & mask) < ((place - hole) & mask)) continue;
    table->places[hole] = table->places[place];
    hole = place;
  }
  table->places[hole].number = 0;
  table->count--;
  return bytes;
}

void stream_table_free(stream_table *table) {
  free(table->places);
  *table = (stream_table){0};
}
