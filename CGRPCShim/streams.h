/// The open streams of a connection, and how many bytes each is charged with.
#ifndef CGRPC_STREAMS_H
#define CGRPC_STREAMS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/// Of a request's first message core keeps all until the call is over, as far as anybody can see from
/// here; of those that follow, which a handler takes one by one, the one that is incomplete, and what
/// fits into the stream's window.
typedef struct open_stream {
  /// 0: the place is free.
  uint32_t number;
  /// What it is charged with, and of that for a message behind the first that is incomplete.
  int64_t bytes, passing_bytes;
  /// Whether the server has answered.
  bool is_answered;
  /// Whether its end is to say that nothing was begun.
  bool is_refused;
  /// Whether the first message is complete.
  bool has_first;
  /// Of the head of a gRPC message: a byte for flags and four for the length.
  uint8_t filled;
  uint8_t head[5];
  /// Of the message behind it.
  uint32_t left;
} open_stream;

/// Charges a stream with more.
void open_stream_charge(open_stream *stream, int64_t bytes);
/// Follows the messages in a piece of data; how much less the stream is charged with than before.
int64_t open_stream_receive(open_stream *stream, const uint8_t *data, size_t size);

/// A hash table with open addressing. All zeros: empty. Numbers are a client's, thus odd.
typedef struct stream_table {
  open_stream *places;
  /// A power of two, or 0.
  size_t capacity;
  size_t count;
} stream_table;

/// Adds a stream that is not in the table; false when memory is short.
bool stream_table_insert(stream_table *table, uint32_t number, int64_t bytes);
/// The stream, until the table changes; NULL when it is not in the table.
open_stream *stream_table_find(stream_table *table, uint32_t number);
/// Removes a stream; what it was charged with, 0 when it is not in the table.
int64_t stream_table_remove(stream_table *table, uint32_t number);
/// Makes the table empty.
void stream_table_free(stream_table *table);

#endif
