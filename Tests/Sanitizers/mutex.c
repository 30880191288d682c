// Preloaded under ThreadSanitizer, so that it sees all of Synchronization.Mutex.
//
// A Mutex that is free is taken by an atomic operation inlined into its user, which is instrumented;
// one that is taken is waited for in libswiftSynchronization, which is not. Without the order that
// this establishes, four threads that do nothing but append to an array in a Mutex are reported as
// a race. These functions take the places of the library's and tell of the order; what is done
// without the lock, or under another, is reported as ever.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stddef.h>
#include <stdint.h>

// Absent in the programs that tests run.
extern void __tsan_acquire(void *address) __attribute__((weak));
extern void __tsan_release(void *address) __attribute__((weak));

#define LOCK_SLOW "$s15Synchronization12_MutexHandleV9_lockSlowyys6UInt32VF"
#define UNLOCK_SLOW "$s15Synchronization12_MutexHandleV11_unlockSlowyyF"
#define SWIFT __attribute__((swiftcall))
#define SELF __attribute__((swift_context)) void *self

SWIFT void lock_slow(uint32_t thread, SELF) __asm__(LOCK_SLOW);
SWIFT void unlock_slow(SELF) __asm__(UNLOCK_SLOW);

SWIFT void lock_slow(uint32_t thread, SELF) {
  SWIFT void (*original)(uint32_t, SELF) =
    (SWIFT void (*)(uint32_t, SELF))dlsym(RTLD_NEXT, LOCK_SLOW);
  original(thread, self);
  if (__tsan_acquire != NULL) __tsan_acquire(self);
}

SWIFT void unlock_slow(SELF) {
  SWIFT void (*original)(SELF) = (SWIFT void (*)(SELF))dlsym(RTLD_NEXT, UNLOCK_SLOW);
  if (__tsan_release != NULL) __tsan_release(self);
  original(self);
}
