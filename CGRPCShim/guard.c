#define _GNU_SOURCE
#include <stdlib.h>
#include <sys/socket.h>

#include "guard_internal.h"
#include "listener.h"

enum {
  /// What one connection may bring at a stretch.
  TURN_BYTES = 128 << 10,
};

// MARK: - Group

guard_group *guard_group_create(
  const guard_limits *limits, void (*report)(void *context, guard_offence offence), void *context
) {
  guard_group *group = calloc(1, sizeof *group);
  if (group == NULL) return NULL;
  group->limits = *limits;
  group->report = report;
  group->context = context;
  atomic_init(&group->references, 1);
  pthread_mutex_init(&group->lock, NULL);
  return group;
}

void guard_group_silence(guard_group *group) {
  pthread_mutex_lock(&group->lock);
  group->report = NULL;
  pthread_mutex_unlock(&group->lock);
}

void guard_group_release(guard_group *group) {
  if (atomic_fetch_sub(&group->references, 1) != 1) return;
  pthread_mutex_destroy(&group->lock);
  free(group);
}

void guard_group_set_refusing(guard_group *group, bool is_refusing) {
  atomic_store(&group->is_refusing, is_refusing);
}

bool guard_group_is_full(guard_group *group) {
  return atomic_load_explicit(&group->held, memory_order_relaxed)
    > (int64_t)group->limits.server_bytes;
}

/// Ends a connection, once; the shutdown makes core look, and find nothing more. What it holds counts
/// no more. False when it was ended before.
static bool doom(connection_guard *guard) {
  pthread_mutex_lock(&guard->lock);
  bool is_first = !atomic_load(&guard->is_doomed);
  atomic_store(&guard->is_doomed, true);
  if (is_first) atomic_fetch_sub(&guard->group->held, guard->held);
  pthread_mutex_unlock(&guard->lock);
  if (is_first) connection_shut_down(guard->descriptor, guard->cookie);
  return is_first;
}

void guard_offend(connection_guard *guard, guard_offence offence) {
  if (!doom(guard)) return;
  guard_group *group = guard->group;
  pthread_mutex_lock(&group->lock);
  if (group->report != NULL) group->report(group->context, offence);
  pthread_mutex_unlock(&group->lock);
}

static int64_t held_by(connection_guard *guard) {
  pthread_mutex_lock(&guard->lock);
  int64_t held = atomic_load(&guard->is_doomed) ? 0 : guard->held;
  pthread_mutex_unlock(&guard->lock);
  return held;
}

/// Ends the connection that holds most, if all still hold too much.
static void end_greediest(guard_group *group) {
  pthread_mutex_lock(&group->lock);
  connection_guard *greediest = NULL;
  int64_t most = 0;
  bool is_full = guard_group_is_full(group);
  for (connection_guard *guard = group->first; is_full && guard != NULL; guard = guard->next) {
    int64_t held = held_by(guard);
    if (held <= most) continue;
    most = held;
    greediest = guard;
  }
  if (greediest != NULL && doom(greediest) && group->report != NULL)
    group->report(group->context, GUARD_SERVER_BYTES);
  pthread_mutex_unlock(&group->lock);
}

int64_t guard_add(connection_guard *guard, int64_t bytes) {
  guard->held += bytes;
  if (!guard_is_doomed(guard)) atomic_fetch_add(&guard->group->held, bytes);
  return guard->held;
}

// MARK: - Descriptors

enum { GUARDS_PER_PAGE = 1024, PAGES = 4096 };

/// The newest guard for each descriptor, ended ones included: one is replaced, and perhaps freed, by
/// the next for its number, when core has closed the descriptor and so uses it no more.
typedef _Atomic(connection_guard *) guard_page[GUARDS_PER_PAGE];
static _Atomic(guard_page *) pages[PAGES];

static _Atomic(connection_guard *) *place_of(int descriptor, bool is_made) {
  if (descriptor < 0 || descriptor >= PAGES * GUARDS_PER_PAGE) return NULL;
  _Atomic(guard_page *) *place = &pages[descriptor / GUARDS_PER_PAGE];
  guard_page *page = atomic_load_explicit(place, memory_order_acquire);
  if (page == NULL) {
    if (!is_made) return NULL;
    guard_page *made = calloc(1, sizeof *made);
    if (made == NULL) return NULL;
    if (atomic_compare_exchange_strong(place, &page, made))
      page = made;
    else
      free(made);
  }
  return &(*page)[descriptor % GUARDS_PER_PAGE];
}

/// The newest guard, of a connection that may be over.
static connection_guard *newest_guard_of(int descriptor) {
  _Atomic(connection_guard *) *place = place_of(descriptor, false);
  return place == NULL ? NULL : atomic_load_explicit(place, memory_order_acquire);
}

connection_guard *guard_of(int descriptor) {
  connection_guard *guard = newest_guard_of(descriptor);
  bool is_over =
    guard == NULL || atomic_load_explicit(&guard->is_detached, memory_order_acquire);
  return is_over ? NULL : guard;
}

static void release(connection_guard *guard) {
  if (atomic_fetch_sub(&guard->references, 1) != 1) return;
  guard_group *group = guard->group;
  pthread_mutex_lock(&group->lock);
  if (guard->previous != NULL)
    guard->previous->next = guard->next;
  else
    group->first = guard->next;
  if (guard->next != NULL) guard->next->previous = guard->previous;
  pthread_mutex_unlock(&group->lock);
  if (!guard_is_doomed(guard)) atomic_fetch_sub(&group->held, guard->held);
  stream_table_free(&guard->streams);
  pthread_mutex_destroy(&guard->lock);
  free(guard);
  guard_group_release(group);
}

bool guard_attach(guard_group *group, int descriptor, uint64_t cookie, bool is_encrypted) {
  _Atomic(connection_guard *) *place = place_of(descriptor, true);
  connection_guard *guard = place == NULL ? NULL : calloc(1, sizeof *guard);
  if (guard == NULL) return false;
  guard->group = group;
  guard->descriptor = descriptor;
  guard->cookie = cookie;
  guard->is_encrypted = is_encrypted;
  guard->received.left = CLIENT_PREFACE_LENGTH;
  // The preface is no data.
  guard->received.frame.type = FRAME_SETTINGS;
  guard->points = GUARD_MAXIMUM_POINTS;
  guard->points_at = listener_now();
  atomic_init(&guard->references, 1);
  pthread_mutex_init(&guard->lock, NULL);
  atomic_fetch_add(&group->references, 1);
  pthread_mutex_lock(&group->lock);
  guard->next = group->first;
  if (group->first != NULL) group->first->previous = guard;
  group->first = guard;
  pthread_mutex_unlock(&group->lock);
  connection_guard *before = atomic_exchange(place, guard);
  if (before != NULL) release(before);
  return true;
}

void guard_detach(connection_guard *guard) {
  pthread_mutex_lock(&guard->lock);
  atomic_store_explicit(&guard->is_detached, true, memory_order_release);
  stream_table_free(&guard->streams);
  guard_add(guard, -guard->stream_bytes);
  guard->stream_bytes = 0;
  pthread_mutex_unlock(&guard->lock);
}

bool guard_is_doomed(const connection_guard *guard) {
  return atomic_load_explicit(&guard->is_doomed, memory_order_relaxed);
}

bool guard_ends_turn(connection_guard *guard) {
  size_t bytes = atomic_load_explicit(&guard->turn_bytes, memory_order_relaxed);
  if (bytes < TURN_BYTES) return false;
  atomic_store_explicit(&guard->turn_bytes, 0, memory_order_relaxed);
  int domain = 0;
  socklen_t length = sizeof domain;
  getsockopt(guard->descriptor, SOL_SOCKET, SO_DOMAIN, &domain, &length);
  if (domain != AF_INET && domain != AF_INET6) return false;
  // TCP looks anew whether to report input when this is set, to what it is anyway.
  int least = 1;
  return setsockopt(guard->descriptor, SOL_SOCKET, SO_RCVLOWAT, &least, sizeof least) == 0;
}

// MARK: - TLS sessions

static _Thread_local connection_guard *handed_over;
static pthread_once_t session_once = PTHREAD_ONCE_INIT;
static int session_index = -1;

static void forget_session(
  void *parent, void *guard, CRYPTO_EX_DATA *data, int index, long argl, void *argp
) {
  if (guard != NULL) release(guard);
}

static void make_session_index(void) {
  session_index = SSL_get_ex_new_index(0, NULL, NULL, NULL, forget_session);
}

void guard_begin_handover(int descriptor) {
  pthread_once(&session_once, make_session_index);
  handed_over = guard_of(descriptor);
}

void guard_end_handover(void) {
  connection_guard *guard = handed_over;
  handed_over = NULL;
  if (guard != NULL && !connection_is_open(guard->descriptor, guard->cookie))
    guard_detach(guard);
}

bool guard_end(int descriptor) {
  connection_guard *guard = guard_of(descriptor);
  if (guard != NULL) doom(guard);
  return guard != NULL;
}

void guard_adopt_session(SSL *session) {
  connection_guard *guard = handed_over;
  if (guard == NULL || !guard->is_encrypted || session_index < 0) return;
  atomic_fetch_add(&guard->references, 1);
  if (SSL_set_ex_data(session, session_index, guard) != 1) release(guard);
}

connection_guard *guard_of_session(const SSL *session) {
  return session_index < 0 ? NULL : SSL_get_ex_data(session, session_index);
}

// MARK: - Bytes held

void guard_check_bytes(connection_guard *guard, int64_t held) {
  guard_group *group = guard->group;
  if (held > (int64_t)group->limits.connection_bytes)
    guard_offend(guard, GUARD_CONNECTION_BYTES);
  else if (guard_group_is_full(group))
    end_greediest(group);
}

void guard_hold(int descriptor, int64_t bytes) {
  connection_guard *guard = newest_guard_of(descriptor);
  if (guard == NULL) return;
  pthread_mutex_lock(&guard->lock);
  int64_t held = guard_add(guard, bytes);
  pthread_mutex_unlock(&guard->lock);
  if (bytes > 0) guard_check_bytes(guard, held);
}
