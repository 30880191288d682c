/* Preloaded into a run of WorkTests: counts what the process allocates, and how often Swift retains
 * something, as it does with most elements of an array that code which is not optimized looks at.
 * These counts are the same on every machine, whatever else it does. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stddef.h>

/* glibc's own entry points, so that no lookup with dlsym is needed, which itself allocates. */
extern void *__libc_malloc(size_t size);
extern void *__libc_calloc(size_t count, size_t size);
extern void *__libc_realloc(void *old, size_t size);
extern void *__libc_memalign(size_t alignment, size_t size);

/* Allocations, their bytes, and retains; the tests find them by this name. */
unsigned long work_counts[3];

static void note(int index, unsigned long amount) {
  __atomic_fetch_add(&work_counts[index], amount, __ATOMIC_RELAXED);
}

static void note_allocation(size_t size) {
  note(0, 1);
  note(1, size);
}

void *malloc(size_t size) {
  note_allocation(size);
  return __libc_malloc(size);
}

void *calloc(size_t items, size_t size) {
  note_allocation(items * size);
  return __libc_calloc(items, size);
}

void *realloc(void *old, size_t size) {
  note_allocation(size);
  return __libc_realloc(old, size);
}

void *memalign(size_t alignment, size_t size) {
  note_allocation(size);
  return __libc_memalign(alignment, size);
}

void *aligned_alloc(size_t alignment, size_t size) { return memalign(alignment, size); }

int posix_memalign(void **result, size_t alignment, size_t size) {
  *result = memalign(alignment, size);
  return *result ? 0 : 12 /* ENOMEM */;
}

/* Elsewhere these functions have calling conventions of their own. */
#if defined(__x86_64__)
typedef void *(*retain)(void *);

static void *count(retain *real, const char *name, void *object) {
  note(2, 1);
  retain function = __atomic_load_n(real, __ATOMIC_RELAXED);
  if (!function) {
    function = (retain)dlsym(RTLD_NEXT, name);
    __atomic_store_n(real, function, __ATOMIC_RELAXED);
  }
  return function(object);
}

void *swift_retain(void *object) {
  static retain real;
  return count(&real, "swift_retain", object);
}

void *swift_bridgeObjectRetain(void *object) {
  static retain real;
  return count(&real, "swift_bridgeObjectRetain", object);
}
#endif
