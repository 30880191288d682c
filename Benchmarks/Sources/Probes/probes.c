#define _GNU_SOURCE
#include "probes.h"

#include <dlfcn.h>
#include <stddef.h>
#include <time.h>

#if __has_include(<valgrind/callgrind.h>)
#include <valgrind/callgrind.h>
#else
#define CALLGRIND_ZERO_STATS
#define CALLGRIND_DUMP_STATS_AT(name) (void)(name)
#define RUNNING_ON_VALGRIND 0
#endif

uint64_t probe_thread_nanoseconds(void) {
  struct timespec now;
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

int64_t probe_allocations(void) {
  static unsigned long (*value)(void);
  if (!value) value = (unsigned long (*)(void))dlsym(RTLD_DEFAULT, "allocation_counter_value");
  return value ? (int64_t)value() : -1;
}

void probe_zero_instructions(void) { CALLGRIND_ZERO_STATS; }

void probe_dump_instructions(const char *name) { CALLGRIND_DUMP_STATS_AT(name); }

bool probe_is_in_valgrind(void) { return RUNNING_ON_VALGRIND; }
