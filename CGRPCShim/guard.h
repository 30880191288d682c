/// Watches what peers send before core has made calls of it; nobody but the listener includes it.
///
/// Core 1.51 spends memory and time without bound on what comes before a call exists: header blocks
/// that do not end (CVE-2023-33953), floods of frames that each want an answer, streams that are
/// begun and left. A guard reads the heads of all HTTP/2 frames of one connection, in both
/// directions, as they pass between core and the socket, and ends the connection at a limit. It also
/// knows how many bytes a connection holds: what arrived on streams that are open, and what calls
/// say that they hold.
#ifndef CGRPC_GUARD_H
#define CGRPC_GUARD_H

#include <openssl/ssl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/uio.h>

// MARK: - Group

typedef struct connection_guard connection_guard;

/// Why a guard ended a connection.
typedef enum guard_offence {
  /// A header block longer than twice the limit of metadata.
  GUARD_HEADER_BLOCK = 0,
  /// More frames that carry nothing than a peer needs.
  GUARD_CONTROL_FRAMES,
  /// More open streams than a client begins in good faith.
  GUARD_STREAMS,
  /// More bytes held than one connection may.
  GUARD_CONNECTION_BYTES,
  /// The connection held most when all together held more than the server may.
  GUARD_SERVER_BYTES,
} guard_offence;

typedef struct guard_limits {
  size_t header_block_bytes;
  size_t open_streams;
  size_t connection_bytes;
  size_t server_bytes;
} guard_limits;

/// The guards of one listener, which share a budget. Its makers and its guards hold it.
typedef struct guard_group {
  guard_limits limits;
  atomic_size_t references;
  /// Of all connections that are not about to end, in bytes.
  atomic_llong held;
  atomic_bool is_refusing;
  pthread_mutex_t lock;
  connection_guard *first;
  /// Under the lock; NULL once the listener is gone.
  void (*report)(void *context, guard_offence offence);
  void *context;
} guard_group;

guard_group *guard_group_create(
  const guard_limits *limits, void (*report)(void *context, guard_offence offence),
  void *context);
/// Ends the reports; returns when none is under way.
void guard_group_silence(guard_group *group);
void guard_group_release(guard_group *group);
/// Says whether the server refuses what has not begun. Core then ends calls that nobody will handle, but
/// as if they were cancelled.
void guard_group_set_refusing(guard_group *group, bool is_refusing);
/// Whether the server holds more than it may.
bool guard_group_is_full(guard_group *group);

// MARK: - Guard

/// Whether core's reads and writes pass the guards: whether this process's own definitions of the
/// functions win, as they do when the shim is part of the executable.
bool guard_is_effective(void);

/// Guards a descriptor that core is about to get. `cookie` is the kernel's name of the socket. False
/// when memory is short. Nobody else may use the descriptor's number before core closes it.
bool guard_attach(guard_group *group, int descriptor, uint64_t cookie, bool is_encrypted);

/// Between these two on one thread core takes the descriptor over: new TLS sessions belong to its
/// connection. Core may find the connection over, and close the descriptor without a word.
void guard_begin_handover(int descriptor);
void guard_end_handover(void);

/// Ends the connection: core gets nothing more of it. Core must have it open. False when it is not
/// guarded.
bool guard_end(int descriptor);

/// Notes that a call holds so many bytes more, or with a negative number fewer. The call's connection
/// must be open.
void guard_hold(int descriptor, int64_t bytes);

// MARK: - Core's reads and writes (hooks.c)

/// The guard of a descriptor that core reads and writes, or NULL, also when the connection is over.
connection_guard *guard_of(int descriptor);

/// Whether core has read so much of the connection at a stretch that it is the others' turn. Core reads
/// on as long as there is something to read, and its thread does nothing else meanwhile. After a true
/// answer core is told that there is nothing, and the kernel reports what there is once more.
bool guard_ends_turn(connection_guard *guard);

/// Whether the connection is to end: core must get nothing more of it.
bool guard_is_doomed(const connection_guard *guard);

/// Takes note of what came through the socket; the connection may be to end with it.
void guard_received(
  connection_guard *guard, const struct iovec *parts, size_t part_count, size_t size);
/// Takes note of what came through a TLS session; false when the connection is to end.
bool guard_decrypted(connection_guard *guard, const void *bytes, size_t size);
/// Before something is sent: while the server refuses, core's own ends among it of calls that have got
/// no answer are made to say that nothing was begun (REFUSED_STREAM, RFC 9113 §8.7), so that clients
/// try elsewhere.
void guard_correct(
  connection_guard *guard, const struct iovec *parts, size_t part_count, size_t size);
/// Takes note of what was sent through the socket.
void guard_sent(
  connection_guard *guard, const struct iovec *parts, size_t part_count, size_t size);
/// The same before something is sent through a TLS session.
void guard_correct_decrypted(connection_guard *guard, const void *bytes, size_t size);
/// Takes note of what was sent through a TLS session.
void guard_encrypted(connection_guard *guard, const void *bytes, size_t size);

/// Binds a new TLS session to the connection that this thread hands over, if it does.
void guard_adopt_session(SSL *session);
/// The guard of a session's connection, or NULL.
connection_guard *guard_of_session(const SSL *session);

/// The connection is over: core shuts the descriptor down before it closes it.
void guard_detach(connection_guard *guard);

#endif
