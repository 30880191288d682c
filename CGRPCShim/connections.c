#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/sockios.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "listener.h"

bool connection_table_open(connection_table *table) {
  *table = (connection_table){.waiting = {-1, -1}, .adopted = {-1, -1}};
  table->registry = epoll_create1(EPOLL_CLOEXEC);
  if (table->registry < 0) return false;
  pthread_mutex_init(&table->lock, NULL);
  for (size_t i = 0; i < PEER_HASHES; i++) table->newest_alike[i] = -1;
  return true;
}

void connection_table_close(connection_table *table) {
  close(table->registry);
  pthread_mutex_destroy(&table->lock);
  free(table->entries);
}

// MARK: - With the lock held

static connection *find(connection_table *table, int descriptor) {
  if (descriptor < 0 || (size_t)descriptor >= table->capacity) return NULL;
  connection *entry = &table->entries[descriptor];
  return entry->state == CONNECTION_NONE ? NULL : entry;
}

static connection_list *list_of(connection_table *table, connection_state state) {
  return state == CONNECTION_WAITING ? &table->waiting : &table->adopted;
}

static void link_last(connection_table *table, int descriptor, connection_state state) {
  connection_list *list = list_of(table, state);
  connection *entry = &table->entries[descriptor];
  entry->state = state;
  entry->previous = list->last;
  entry->next = -1;
  if (list->last >= 0)
    table->entries[list->last].next = descriptor;
  else
    list->first = descriptor;
  list->last = descriptor;
  table->count++;
}

static void unlink_entry(connection_table *table, int descriptor) {
  connection *entry = &table->entries[descriptor];
  connection_list *list = list_of(table, entry->state);
  if (entry->previous >= 0)
    table->entries[entry->previous].next = entry->next;
  else
    list->first = entry->next;
  if (entry->next >= 0)
    table->entries[entry->next].previous = entry->previous;
  else
    list->last = entry->previous;
  entry->state = CONNECTION_NONE;
  table->count--;
}

/// The peers of a unix socket are all called the same.
static bool is_told_apart(const char *peer) { return strncmp(peer, "unix:", 5) != 0; }

/// Where the chain of the peers that hash like this one begins.
static int *newest_alike(connection_table *table, const char *peer) {
  uint32_t hash = 2166136261u;
  for (const char *cursor = peer; *cursor != '\0'; cursor++)
    hash = (hash ^ (uint8_t)*cursor) * 16777619u;
  return &table->newest_alike[hash % PEER_HASHES];
}

static void forget_peer(connection_table *table, int descriptor) {
  int *link = newest_alike(table, table->entries[descriptor].peer);
  while (*link >= 0 && *link != descriptor) link = &table->entries[*link].next_alike;
  if (*link >= 0) *link = table->entries[descriptor].next_alike;
}

static void forget(connection_table *table, int descriptor) {
  unlink_entry(table, descriptor);
  forget_peer(table, descriptor);
}

/// Notes that something happened on an adopted connection.
static void touch(connection_table *table, int descriptor, int64_t now) {
  if (table->entries[descriptor].state != CONNECTION_ADOPTED) return;
  unlink_entry(table, descriptor);
  link_last(table, descriptor, CONNECTION_ADOPTED);
  table->entries[descriptor].active_at = now;
}

bool connection_is_open(int descriptor, uint64_t cookie) {
  uint64_t found = 0;
  socklen_t length = sizeof found;
  return getsockopt(descriptor, SOL_SOCKET, SO_COOKIE, &found, &length) == 0 && found == cookie;
}

// Core may close the descriptor at any moment, and its number be another file's; so a copy of it is
// asked what it is, and then used.
bool connection_shut_down(int descriptor, uint64_t cookie) {
  int copy = fcntl(descriptor, F_DUPFD_CLOEXEC, 0);
  if (copy < 0) return false;
  bool is_ours = connection_is_open(copy, cookie);
  if (is_ours) {
    shutdown(copy, SHUT_RDWR);
    // Nothing more comes, but what has come would still be read. TCP alone throws away without a
    // buffer; a unix socket holds little.
    while (recv(copy, NULL, 1 << 30, MSG_TRUNC | MSG_DONTWAIT) > 0) {}
  }
  close(copy);
  return is_ours;
}

/// Shuts an adopted connection down unless core has closed it.
static bool shut_down(const connection_table *table, int descriptor) {
  return connection_shut_down(descriptor, table->entries[descriptor].cookie);
}

/// Notes a call that began or ended.
static void note_use(connection *entry, bool is_open, int64_t now) {
  if (is_open) return;
  entry->useful_at = now;
  entry->was_useful = true;
}

/// Whether the first is to give way before the second.
static bool is_less_useful(const connection *first, const connection *second) {
  if (first->was_useful != second->was_useful) return !first->was_useful;
  return first->useful_at < second->useful_at;
}

static bool grow_for(connection_table *table, int descriptor) {
  size_t needed = (size_t)descriptor + 1;
  if (needed <= table->capacity) return true;
  size_t capacity = table->capacity == 0 ? 64 : table->capacity;
  while (capacity < needed) capacity *= 2;
  connection *entries = realloc(table->entries, capacity * sizeof *entries);
  if (entries == NULL) return false;
  memset(entries + table->capacity, 0, (capacity - table->capacity) * sizeof *entries);
  table->entries = entries;
  table->capacity = capacity;
  return true;
}

static void describe_ipv4(char *buffer, size_t size, const void *address, in_port_t port) {
  char text[INET_ADDRSTRLEN] = "";
  inet_ntop(AF_INET, address, text, sizeof text);
  snprintf(buffer, size, "ipv4:%s:%u", text, (unsigned)ntohs(port));
}

static void describe(char *buffer, size_t size, const struct sockaddr *peer) {
  if (peer->sa_family == AF_INET) {
    const struct sockaddr_in *address = (const struct sockaddr_in *)peer;
    describe_ipv4(buffer, size, &address->sin_addr, address->sin_port);
  } else if (peer->sa_family == AF_INET6) {
    const struct sockaddr_in6 *address = (const struct sockaddr_in6 *)peer;
    const uint8_t *bytes = address->sin6_addr.s6_addr;
    // An IPv4 peer of a socket for both is shown as what it is.
    if (IN6_IS_ADDR_V4MAPPED(&address->sin6_addr)) {
      describe_ipv4(buffer, size, bytes + 12, address->sin6_port);
      return;
    }
    char text[INET6_ADDRSTRLEN] = "";
    inet_ntop(AF_INET6, bytes, text, sizeof text);
    snprintf(buffer, size, "ipv6:[%s]:%u", text, (unsigned)ntohs(address->sin6_port));
  } else {
    snprintf(buffer, size, "unix:");
  }
}

// MARK: - For everybody

bool connection_table_add(
  connection_table *table, int descriptor, const struct sockaddr *peer, int64_t now
) {
  pthread_mutex_lock(&table->lock);
  bool has_room = grow_for(table, descriptor);
  if (has_room) {
    // The number was free to be accepted: whoever had it before is closed.
    if (find(table, descriptor) != NULL) forget(table, descriptor);
    link_last(table, descriptor, CONNECTION_WAITING);
    connection *entry = &table->entries[descriptor];
    entry->accepted_at = now;
    entry->calls = 0;
    entry->open_calls = 0;
    entry->was_useful = false;
    entry->ending_calls = 0;
    entry->given_up = 0;
    entry->cookie = 0;
    describe(entry->peer, sizeof entry->peer, peer);
    if (is_told_apart(entry->peer)) {
      int *newest = newest_alike(table, entry->peer);
      entry->next_alike = *newest;
      *newest = descriptor;
    }
  }
  pthread_mutex_unlock(&table->lock);
  return has_room;
}

bool connection_table_adopt(
  connection_table *table, int descriptor, int64_t now, uint64_t *cookie
) {
  struct epoll_event nothing = {.events = 0, .data.fd = descriptor};
  if (epoll_ctl(table->registry, EPOLL_CTL_ADD, descriptor, &nothing) != 0) return false;
  pthread_mutex_lock(&table->lock);
  unlink_entry(table, descriptor);
  link_last(table, descriptor, CONNECTION_ADOPTED);
  connection *entry = &table->entries[descriptor];
  entry->active_at = now;
  entry->useful_at = now;
  socklen_t length = sizeof entry->cookie;
  getsockopt(descriptor, SOL_SOCKET, SO_COOKIE, &entry->cookie, &length);
  *cookie = entry->cookie;
  pthread_mutex_unlock(&table->lock);
  return true;
}

void connection_table_remove(connection_table *table, int descriptor) {
  pthread_mutex_lock(&table->lock);
  if (find(table, descriptor) != NULL) forget(table, descriptor);
  pthread_mutex_unlock(&table->lock);
}

size_t connection_table_sweep(connection_table *table) {
  pthread_mutex_lock(&table->lock);
  for (int descriptor = table->adopted.first; descriptor >= 0;) {
    int next = table->entries[descriptor].next;
    struct epoll_event nothing = {.events = 0, .data.fd = descriptor};
    if (epoll_ctl(table->registry, EPOLL_CTL_MOD, descriptor, &nothing) != 0)
      forget(table, descriptor);
    descriptor = next;
  }
  size_t count = table->count;
  pthread_mutex_unlock(&table->lock);
  return count;
}

size_t connection_table_count(connection_table *table) {
  pthread_mutex_lock(&table->lock);
  size_t count = table->count;
  pthread_mutex_unlock(&table->lock);
  return count;
}

int connection_table_oldest_waiting(connection_table *table, int64_t *accepted_at) {
  pthread_mutex_lock(&table->lock);
  int descriptor = table->waiting.first;
  if (descriptor >= 0) *accepted_at = table->entries[descriptor].accepted_at;
  pthread_mutex_unlock(&table->lock);
  return descriptor;
}

size_t connection_table_begin_call(
  connection_table *table, int descriptor, bool is_open, char *peer, size_t size, int64_t now
) {
  pthread_mutex_lock(&table->lock);
  connection *entry = find(table, descriptor);
  size_t calls = 0;
  if (entry != NULL) {
    touch(table, descriptor, now);
    calls = ++entry->calls;
    if (is_open) entry->open_calls++;
    note_use(entry, is_open, now);
    snprintf(peer, size, "%s", entry->peer);
  }
  pthread_mutex_unlock(&table->lock);
  return calls;
}

void connection_table_end_call(
  connection_table *table, int descriptor, bool is_open, bool was_ending, int64_t now
) {
  pthread_mutex_lock(&table->lock);
  connection *entry = find(table, descriptor);
  if (entry != NULL && entry->calls > 0) {
    touch(table, descriptor, now);
    entry->calls--;
    if (is_open && entry->open_calls > 0) entry->open_calls--;
    note_use(entry, is_open, now);
    if (was_ending && entry->ending_calls > 0) entry->ending_calls--;
  }
  pthread_mutex_unlock(&table->lock);
}

bool connection_table_begin_ending(connection_table *table, int descriptor) {
  pthread_mutex_lock(&table->lock);
  connection *entry = find(table, descriptor);
  bool is_last = entry != NULL && ++entry->ending_calls == entry->calls;
  pthread_mutex_unlock(&table->lock);
  return is_last;
}

bool connection_table_is_flushed(connection_table *table, int descriptor) {
  pthread_mutex_lock(&table->lock);
  connection *entry = find(table, descriptor);
  int unsent = 0;
  bool is_flushed =
    entry == NULL
    || (entry->calls <= 1 && (ioctl(descriptor, SIOCOUTQ, &unsent) != 0 || unsent == 0));
  pthread_mutex_unlock(&table->lock);
  return is_flushed;
}

size_t connection_table_give_up_call(
  connection_table *table, int descriptor, int64_t window, int64_t now
) {
  pthread_mutex_lock(&table->lock);
  connection *entry = find(table, descriptor);
  size_t count = 0;
  if (entry != NULL) {
    if (entry->given_up == 0 || now - entry->given_up_since >= window) {
      entry->given_up = 0;
      entry->given_up_since = now;
    }
    count = ++entry->given_up;
  }
  pthread_mutex_unlock(&table->lock);
  return count;
}

int64_t connection_table_end_inactive(connection_table *table, int64_t limit, int64_t now) {
  int64_t left = -1;
  pthread_mutex_lock(&table->lock);
  int descriptor;
  while ((descriptor = table->adopted.first) >= 0) {
    connection *entry = &table->entries[descriptor];
    left = entry->active_at + limit - now;
    if (left > 0) break;
    left = -1;
    bool has_calls = entry->calls > 0;
    bool is_ended = !has_calls && shut_down(table, descriptor);
    // It is looked at again in `limit` milliseconds, should core not have closed it by then.
    touch(table, descriptor, now);
    if (is_ended) {
      left = 0;
      break;
    }
  }
  pthread_mutex_unlock(&table->lock);
  return left;
}

void connection_table_end_useless(connection_table *table, int64_t limit, int64_t now) {
  pthread_mutex_lock(&table->lock);
  int least = -1;
  for (int i = table->adopted.first; i >= 0; i = table->entries[i].next) {
    const connection *entry = &table->entries[i];
    if (entry->calls > entry->open_calls || now - entry->useful_at < limit) continue;
    if (least < 0 || is_less_useful(entry, &table->entries[least])) least = i;
  }
  if (least >= 0) {
    shut_down(table, least);
    // Should core not have closed it by the next time, it is another's turn.
    table->entries[least].useful_at = now;
  }
  pthread_mutex_unlock(&table->lock);
}

void connection_table_end_all(connection_table *table) {
  pthread_mutex_lock(&table->lock);
  for (int i = table->adopted.first; i >= 0; i = table->entries[i].next) shut_down(table, i);
  pthread_mutex_unlock(&table->lock);
}

int connection_table_find_peer(connection_table *table, const char *peer) {
  if (!is_told_apart(peer)) return -1;
  pthread_mutex_lock(&table->lock);
  int descriptor = *newest_alike(table, peer);
  while (
    descriptor >= 0
    && (table->entries[descriptor].state != CONNECTION_ADOPTED
      || strcmp(table->entries[descriptor].peer, peer) != 0))
    descriptor = table->entries[descriptor].next_alike;
  pthread_mutex_unlock(&table->lock);
  return descriptor;
}
