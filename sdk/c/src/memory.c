/*
 * The memory of a run: blocks in a list, all freed when the run has ended.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <stdalign.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <tourbillon/memory.h>
#include <tourbillon/panic.h>

#include "internal.h"

/* Stands before each block; its size is a multiple of every alignment. */
typedef struct header {
  alignas(max_align_t) struct header *next;
  struct header *previous;
} header;

static header *blocks;

static header *link_in(header *block, size_t size) {
  if (block == NULL) {
    tb_panic("no memory for %zu bytes", size);
  }
  block->next = blocks;
  block->previous = NULL;
  if (blocks != NULL) {
    blocks->previous = block;
  }
  blocks = block;
  return block;
}

static header *take_out(void *memory) {
  header *block = (header *)memory - 1;
  if (block->next != NULL) {
    block->next->previous = block->previous;
  }
  if (block->previous != NULL) {
    block->previous->next = block->next;
  } else {
    blocks = block->next;
  }
  return block;
}

static size_t with_header(size_t size) {
  if (size > SIZE_MAX - sizeof(header)) {
    tb_panic("no memory for %zu bytes", size);
  }
  return size + sizeof(header);
}

void *tb_alloc(size_t size) {
  return link_in(calloc(1, with_header(size)), size) + 1;
}

void *tb_realloc(void *memory, size_t size) {
  header *block = memory == NULL ? NULL : take_out(memory);
  return link_in(realloc(block, with_header(size)), size) + 1;
}

void tb_free(const void *memory) {
  if (memory != NULL) {
    free(take_out((void *)memory));
  }
}

void tb_release_run(void) {
  while (blocks != NULL) {
    tb_free(blocks + 1);
  }
}

char *tb_copy(const void *bytes, size_t size) {
  char *copy = tb_alloc(size + 1);
  if (size > 0) {
    memcpy(copy, bytes, size);
  }
  return copy;
}

char *tb_vprintf(const char *format, va_list arguments) {
  va_list again;
  va_copy(again, arguments);
  int size = vsnprintf(NULL, 0, format, arguments);
  if (size < 0) {
    tb_panic("the format cannot be written: %s", format);
  }
  char *text = tb_alloc((size_t)size + 1);
  vsnprintf(text, (size_t)size + 1, format, again);
  va_end(again);
  return text;
}

char *tb_printf(const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  char *text = tb_vprintf(format, arguments);
  va_end(arguments);
  return text;
}

void tb_pairs_add(tb_pairs *pairs, const char *name, const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  const char *value = tb_vprintf(format, arguments);
  va_end(arguments);
  pairs->items = tb_realloc(pairs->items, (pairs->count + 1) * sizeof *pairs->items);
  pairs->items[pairs->count++] = (tb_pair){tb_copy(name, strlen(name)), value};
}
