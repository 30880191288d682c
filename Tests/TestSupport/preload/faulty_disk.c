// Stands in front of the C library in a server under test: a disk that fails when it is told to, and
// that remembers what would survive a power cut.
//
// FaultyDisk.swift compiles this, preloads it, and shares a file of numbers with it. Only files and
// folders at or below FAULTY_DISK_ROOT are looked at.
//
// What survives is kept in the folder FAULTY_DISK_IMAGE by inode: of a file the bytes that were
// written before it was synchronised, of a folder the entries that it had when it was. Bytes that
// were written before a synchronisation that failed are lost even if a later one succeeds: Linux
// counts their pages as clean then. What a program finds when it starts counts as not synchronised.

#define _GNU_SOURCE
#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

// The numbers that the test and this library share, in the order of FaultyDisk.Number.
struct numbers {
  _Atomic int64_t write_error; // what write and pwrite fail with; 0: they do not
  _Atomic int64_t sync_error;  // what fsync and fdatasync fail with; 0: they do not
  _Atomic int64_t failures;    // calls that failed so
  _Atomic int64_t syncs;       // synchronisations that succeeded
};

// Bytes of a file that are not on stable storage yet.
struct range {
  ino_t inode;
  off_t offset;
  size_t length;
  struct range *next;
};

static struct numbers *numbers;
static const char *root, *image;
static struct range *unsynchronised;
static pthread_mutex_t ranges_lock = PTHREAD_MUTEX_INITIALIZER;
// A synchronisation returns only when the image has what it promised.
static pthread_mutex_t sync_lock = PTHREAD_MUTEX_INITIALIZER;

static void note(ino_t inode, off_t offset, size_t length) {
  struct range *range = malloc(sizeof *range);
  if (!range) abort();
  pthread_mutex_lock(&ranges_lock);
  *range = (struct range){inode, offset, length, unsynchronised};
  unsynchronised = range;
  pthread_mutex_unlock(&ranges_lock);
}

static int note_file(const char *path, const struct stat *status, int kind, struct FTW *place) {
  (void)path, (void)place;
  if (kind == FTW_F && S_ISREG(status->st_mode)) note(status->st_ino, 0, (size_t)status->st_size);
  return 0;
}

__attribute__((constructor)) static void start(void) {
  const char *path = getenv("FAULTY_DISK_NUMBERS");
  root = getenv("FAULTY_DISK_ROOT");
  image = getenv("FAULTY_DISK_IMAGE");
  if (!path || !root || !image) return;
  int file = open(path, O_RDWR | O_CLOEXEC);
  if (file < 0) abort();
  void *memory = mmap(NULL, sizeof *numbers, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
  close(file);
  if (memory == MAP_FAILED) abort();
  // An earlier program may have written what it had no time to synchronise.
  nftw(root, note_file, 16, FTW_PHYS);
  numbers = memory;
}

static int is_watched(int file, struct stat *status) {
  char link[64], path[4096];
  if (!numbers || fstat(file, status) != 0) return 0;
  if (!S_ISREG(status->st_mode) && !S_ISDIR(status->st_mode)) return 0;
  snprintf(link, sizeof link, "/proc/self/fd/%d", file);
  ssize_t length = readlink(link, path, sizeof path - 1);
  if (length < 0) return 0;
  path[length] = 0;
  size_t prefix = strlen(root);
  return strncmp(path, root, prefix) == 0 && (path[prefix] == '/' || path[prefix] == 0);
}

static int fails(_Atomic int64_t *error) {
  int number = (int)atomic_load(error);
  if (number == 0) return 0;
  atomic_fetch_add(&numbers->failures, 1);
  errno = number;
  return 1;
}

// MARK: Writing

ssize_t write(int file, const void *bytes, size_t count) {
  struct stat status;
  if (!is_watched(file, &status)) return REAL(write)(file, bytes, count);
  if (fails(&numbers->write_error)) return -1;
  ssize_t written = REAL(write)(file, bytes, count);
  if (written > 0) note(status.st_ino, lseek(file, 0, SEEK_CUR) - written, (size_t)written);
  return written;
}

ssize_t pwrite(int file, const void *bytes, size_t count, off_t offset) {
  struct stat status;
  if (!is_watched(file, &status)) return REAL(pwrite)(file, bytes, count, offset);
  if (fails(&numbers->write_error)) return -1;
  ssize_t written = REAL(pwrite)(file, bytes, count, offset);
  if (written > 0) note(status.st_ino, offset, (size_t)written);
  return written;
}

ssize_t pwrite64(int file, const void *bytes, size_t count, off64_t offset) {
  return pwrite(file, bytes, count, offset);
}

// MARK: Synchronising

static struct range *take_ranges(ino_t inode) {
  struct range *taken = NULL;
  pthread_mutex_lock(&ranges_lock);
  for (struct range **place = &unsynchronised; *place;) {
    struct range *range = *place;
    if (range->inode != inode) {
      place = &range->next;
      continue;
    }
    *place = range->next;
    range->next = taken;
    taken = range;
  }
  pthread_mutex_unlock(&ranges_lock);
  return taken;
}

static void forget(struct range *ranges) {
  while (ranges) {
    struct range *next = ranges->next;
    free(ranges);
    ranges = next;
  }
}

static void save_file(int file, ino_t inode, const struct range *ranges) {
  char path[4096], link[64], buffer[1 << 16];
  snprintf(link, sizeof link, "/proc/self/fd/%d", file);
  snprintf(path, sizeof path, "%s/%lu", image, (unsigned long)inode);
  int source = open(link, O_RDONLY | O_CLOEXEC);
  int copy = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
  if (source < 0 || copy < 0) abort();
  for (; ranges; ranges = ranges->next) {
    off_t offset = ranges->offset;
    size_t rest = ranges->length;
    while (rest > 0) {
      size_t part = rest < sizeof buffer ? rest : sizeof buffer;
      ssize_t count = pread(source, buffer, part, offset);
      if (count <= 0) break; // the file was cut off meanwhile
      if (REAL(pwrite)(copy, buffer, (size_t)count, offset) != count) abort();
      offset += count;
      rest -= (size_t)count;
    }
  }
  close(source);
  close(copy);
}

static void save_folder(int file, ino_t inode) {
  char link[64], path[4096], temporary[4096];
  snprintf(link, sizeof link, "/proc/self/fd/%d", file);
  snprintf(path, sizeof path, "%s/%lu.entries", image, (unsigned long)inode);
  snprintf(temporary, sizeof temporary, "%s/%lu.new", image, (unsigned long)inode);
  DIR *folder = opendir(link);
  FILE *copy = fopen(temporary, "w");
  if (!folder || !copy) abort();
  for (struct dirent *entry; (entry = readdir(folder));) {
    if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0) continue;
    char kind = entry->d_type == DT_DIR ? 'd' : 'f';
    fprintf(copy, "%lu %c %s\n", (unsigned long)entry->d_ino, kind, entry->d_name);
  }
  closedir(folder);
  if (fclose(copy) != 0 || rename(temporary, path) != 0) abort();
}

static int synchronise(int file, int (*real)(int)) {
  struct stat status;
  if (!is_watched(file, &status)) return real(file);
  pthread_mutex_lock(&sync_lock);
  struct range *ranges = take_ranges(status.st_ino);
  int result = fails(&numbers->sync_error) ? -1 : 0;
  if (result == 0) {
    // The image is the disk: the machine's own need not be waited for.
    if (S_ISDIR(status.st_mode)) save_folder(file, status.st_ino);
    if (S_ISREG(status.st_mode)) save_file(file, status.st_ino, ranges);
    atomic_fetch_add(&numbers->syncs, 1);
  }
  int error = errno;
  forget(ranges);
  pthread_mutex_unlock(&sync_lock);
  errno = error;
  return result;
}

int fsync(int file) { return synchronise(file, REAL(fsync)); }

int fdatasync(int file) { return synchronise(file, REAL(fdatasync)); }
