/// What the files of the guards share; nobody else includes it.
#ifndef CGRPC_GUARD_INTERNAL_H
#define CGRPC_GUARD_INTERNAL_H

#include "frames.h"
#include "guard.h"
#include "streams.h"

/// Points that a peer has at first and at the most to spend on frames that carry nothing.
enum { GUARD_MAXIMUM_POINTS = 20000 };

struct connection_guard {
  guard_group *group;
  connection_guard *previous, *next;
  atomic_size_t references;
  int descriptor;
  uint64_t cookie;
  bool is_encrypted;
  atomic_bool is_doomed;
  /// Core has shut the descriptor down: it reads nothing more, and its number may be another file's.
  atomic_bool is_detached;
  /// Bytes since the others had their turn; touched by core's reads alone, which come one by one.
  atomic_size_t turn_bytes;
  /// For what follows.
  pthread_mutex_t lock;
  /// Bytes of open streams and of calls; and the streams' part, unless the connection is over.
  int64_t held, stream_bytes;
  bool is_acknowledged;
  frame_reader received, sent;
  /// Of the header block that is under way.
  size_t block_bytes;
  uint32_t last_stream;
  stream_table streams;
  int64_t points;
  int64_t points_at;
};

/// Under the guard's lock: adds to what the connection holds, and returns that.
int64_t guard_add(connection_guard *guard, int64_t bytes);
/// Ends who holds too much, after more was added; without locks.
void guard_check_bytes(connection_guard *guard, int64_t held);
/// Ends a connection and says so; without locks.
void guard_offend(connection_guard *guard, guard_offence offence);

#endif
