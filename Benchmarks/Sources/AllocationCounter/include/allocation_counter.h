#ifndef ALLOCATION_COUNTER_H
#define ALLOCATION_COUNTER_H

/* How often the process has allocated memory so far; found by name, since it is there only when
 * this library is preloaded. */
unsigned long allocation_counter_value(void);

#endif
