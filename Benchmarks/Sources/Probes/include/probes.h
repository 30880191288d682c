#ifndef PROBES_H
#define PROBES_H

#include <stdbool.h>
#include <stdint.h>

/* The processor time of the calling thread in nanoseconds: other processes do not add to it. */
uint64_t probe_thread_nanoseconds(void);

/* How often the process has allocated, or -1 unless the counter is preloaded. */
int64_t probe_allocations(void);

/* Starts counting instructions from zero; without callgrind it does nothing. */
void probe_zero_instructions(void);

/* Has callgrind write what was counted since then to a file of its own, under `name`. */
void probe_dump_instructions(const char *name);

/* Whether this build knows callgrind and runs in valgrind. */
bool probe_is_in_valgrind(void);

#endif
