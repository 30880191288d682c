/// What the files of the listener share; nobody else includes it.
#ifndef CGRPC_LISTENER_H
#define CGRPC_LISTENER_H

#include <grpc/grpc_security.h>
#include <pthread.h>
#include <stdatomic.h>
#include <sys/socket.h>
#include <sys/types.h>

#include "guard.h"
#include "internal.h"

// MARK: - Connections

typedef enum connection_state {
  /// No connection of ours has this descriptor. -> WAITING
  CONNECTION_NONE = 0,
  /// Accepted; its first bytes are awaited. -> NONE, ADOPTED
  CONNECTION_WAITING,
  /// Core's: core alone closes it. -> NONE
  CONNECTION_ADOPTED,
} connection_state;

/// A connection, found by its descriptor, and in the list of those in the same state.
typedef struct connection {
  connection_state state;
  int previous, next;
  /// The next older connection whose peer's address hashes alike.
  int next_alike;
  /// When it was accepted, in milliseconds of the monotonic clock.
  int64_t accepted_at;
  /// When it was adopted, or a call arrived or ended last.
  int64_t active_at;
  /// Calls on it that are not destroyed, and those of them that anybody may make.
  size_t calls, open_calls;
  /// When it was adopted, or a call arrived or ended that not anybody may make; and whether one did.
  int64_t useful_at;
  bool was_useful;
  /// Those of them whose handlers have returned while the server stops.
  size_t ending_calls;
  /// Calls that its peer gave up since `given_up_since`.
  size_t given_up;
  int64_t given_up_since;
  /// The kernel's name for the socket: a descriptor's number may be another file's by now.
  uint64_t cookie;
  /// As core writes addresses: "ipv4:1.2.3.4:567", "ipv6:[::1]:567", "unix:".
  char peer[64];
} connection;

/// Descriptors in the order of their arrival; -1 ends it.
typedef struct connection_list {
  int first, last;
} connection_list;

enum { PEER_HASHES = 1024 };

/// Every connection from its accept to its end. Any thread may call the functions.
typedef struct connection_table {
  pthread_mutex_t lock;
  connection *entries;
  size_t capacity;
  size_t count;
  connection_list waiting;
  /// The one whose last activity is longest ago comes first.
  connection_list adopted;
  /// The newest connection for each hash of a peer's address; -1: none.
  int newest_alike[PEER_HASHES];
  /// An epoll instance that tells whether core has closed a descriptor. The kernel ties an interest
  /// to the open file, and forgets it with that file's last descriptor; so EPOLL_CTL_MOD succeeds as
  /// long as the descriptor is the connection that was registered, and fails once it was closed, even
  /// if its number is in use again.
  int registry;
} connection_table;

/// False, with errno set, when the system cannot give what it needs.
bool connection_table_open(connection_table *table);
void connection_table_close(connection_table *table);

/// Adds a connection that was just accepted; false when memory is short.
bool connection_table_add(
  connection_table *table, int descriptor, const struct sockaddr *peer, int64_t now);
/// Notes that core takes the connection over; false, with errno set, when it cannot be watched.
bool connection_table_adopt(
  connection_table *table, int descriptor, int64_t now, uint64_t *cookie);
/// Forgets a waiting connection that the caller is about to close.
void connection_table_remove(connection_table *table, int descriptor);
/// Forgets the connections that core has closed; how many are left, waiting ones included.
size_t connection_table_sweep(connection_table *table);
/// How many there are at the most: some of them may have ended since the last sweep.
size_t connection_table_count(connection_table *table);
/// The connection that has waited longest and since when, or -1.
int connection_table_oldest_waiting(connection_table *table, int64_t *accepted_at);
/// Counts a call and copies the peer; the calls that the connection has with it, or 0 when there is
/// no connection with this descriptor.
size_t connection_table_begin_call(
  connection_table *table, int descriptor, bool is_open, char *peer, size_t size, int64_t now);
/// The connection from this address, or -1. Core must still have it open: an address may come again
/// later, and the newest is meant.
int connection_table_find_peer(connection_table *table, const char *peer);
/// `was_ending`: it was counted by connection_table_begin_ending.
void connection_table_end_call(
  connection_table *table, int descriptor, bool is_open, bool was_ending, int64_t now);
/// Counts a call that is about to end; true when the connection has no call left that is not.
bool connection_table_begin_ending(connection_table *table, int descriptor);
/// Whether a connection with one call has nothing that its peer's kernel has not acknowledged.
bool connection_table_is_flushed(connection_table *table, int descriptor);
/// Counts a call that the peer gave up; how many there are, within `window` milliseconds.
size_t connection_table_give_up_call(
  connection_table *table, int descriptor, int64_t window, int64_t now);
/// Shuts down the adopted connection that has been without a call for the longest time, if that is
/// at least `limit` milliseconds. 0: it did; the time until one will have been, or -1 when there is
/// none without a call.
int64_t connection_table_end_inactive(connection_table *table, int64_t limit, int64_t now);
/// Shuts down an adopted connection whose only calls, if it has any, are such as anybody may make, if
/// that has been so for `limit` milliseconds: first those that never had another.
void connection_table_end_useless(connection_table *table, int64_t limit, int64_t now);
/// Shuts all adopted connections down.
void connection_table_end_all(connection_table *table);

/// Whether the descriptor is still the socket with this cookie.
bool connection_is_open(int descriptor, uint64_t cookie);

/// Shuts a connection down, and throws away what core has not read of it, if the descriptor is still
/// the socket with this cookie. Whether it was.
bool connection_shut_down(int descriptor, uint64_t cookie);

// MARK: - Listening sockets

enum { LISTENING_SOCKETS = 8 };

/// The sockets of one address; a host name may stand for several.
typedef struct listening_sockets {
  int descriptors[LISTENING_SOCKETS];
  size_t count;
  /// 0 for a unix socket.
  int port;
  /// The file of a unix socket, which goes with it as long as it is the one that we made.
  char *path;
  dev_t device;
  ino_t inode;
} listening_sockets;

/// Binds and listens; 0, or the problem (see cgrpc_bind_problem_text), and nothing is left open.
int listening_sockets_open(listening_sockets *sockets, const char *address, mode_t unix_mode);
void listening_sockets_close(listening_sockets *sockets);

// MARK: - Listener

struct cgrpc_listener {
  cgrpc_listener_options options;
  listening_sockets sockets;
  connection_table connections;
  /// NULL until the start.
  _Atomic(cgrpc_server *) server;
  grpc_server_credentials *credentials;
  /// Of the adopted connections.
  guard_group *guards;
  /// What the thread waits for.
  int epoll;
  /// An eventfd that ends its waits.
  int waker;
  pthread_t thread;
  bool has_thread;
  atomic_bool is_stopping;
  /// The thread's own: when to look at the listening sockets again, 0 unless they are left
  /// alone.
  int64_t resume_at;
  /// Before when nothing more of each kind is reported.
  atomic_llong silent_until[CGRPC_LISTENER_REPORTS];
};

/// Milliseconds of the monotonic clock.
int64_t listener_now(void);

/// On the listener's thread: hands a waiting connection to core once its preface, or the beginning
/// of its TLS handshake, is there, and closes one that begins otherwise. `events` are epoll's.
void listener_check_beginning(cgrpc_listener *listener, int descriptor, uint32_t events);

/// Closes a connection that was not handed over.
void listener_close_waiting(cgrpc_listener *listener, int descriptor);

#endif
