#include "CPcap.h"

#include <dlfcn.h>
#include <pcap/pcap.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

_Static_assert(CPC_ERROR_SIZE == PCAP_ERRBUF_SIZE, "libpcap writes as much");

// What the linker would do: one pointer for each function that is used.
static struct {
  __typeof__(pcap_fopen_offline_with_tstamp_precision) *open;
  __typeof__(pcap_close) *close;
  __typeof__(pcap_datalink) *datalink;
  __typeof__(pcap_datalink_val_to_name) *datalink_name;
  __typeof__(pcap_next_ex) *next;
  __typeof__(pcap_geterr) *error;
} lib;

static bool load(void) {
  // Debian's name, then that of the libpcap project.
  static const char *const names[] = {"libpcap.so.0.8", "libpcap.so.1"};
  void *library = NULL;
  for (size_t i = 0; library == NULL && i < sizeof names / sizeof *names; i++) library = dlopen(names[i], RTLD_NOW);
  if (library == NULL) return false;
  lib.open = dlsym(library, "pcap_fopen_offline_with_tstamp_precision");
  lib.close = dlsym(library, "pcap_close");
  lib.datalink = dlsym(library, "pcap_datalink");
  lib.datalink_name = dlsym(library, "pcap_datalink_val_to_name");
  lib.next = dlsym(library, "pcap_next_ex");
  lib.error = dlsym(library, "pcap_geterr");
  return lib.open && lib.close && lib.datalink && lib.datalink_name && lib.next && lib.error;
}

#define BUFFER_SIZE (1 << 18)

struct cpc_capture {
  pcap_t *handle;
  FILE *file;
  /// A frame that libpcap has read, and that did not fit.
  const struct pcap_pkthdr *header;
  const uint8_t *frame;
  char buffer[BUFFER_SIZE];
};

struct cpc_capture *cpc_open(int descriptor, const uint8_t *begun, size_t count, char *error) {
  if (lib.error == NULL && !load()) {
    close(descriptor);
    strcpy(error, "reading captures takes libpcap, which is not installed (Debian: apt-get install libpcap0.8)");
    return NULL;
  }
  struct cpc_capture *capture = malloc(sizeof *capture);
  FILE *file = capture == NULL ? NULL : fdopen(descriptor, "rb");
  if (file == NULL) {
    close(descriptor);
    free(capture);
    strcpy(error, "can not be opened a second time");
    return NULL;
  }
  capture->file = file;
  capture->header = NULL;
  setvbuf(file, capture->buffer, _IOFBF, sizeof capture->buffer);
  // glibc takes back as many bytes as there is memory for.
  while (count > 0) ungetc(begun[--count], file);
  // Files of either precision are read.
  capture->handle = lib.open(file, PCAP_TSTAMP_PRECISION_NANO, error);
  if (capture->handle == NULL) {
    fclose(file);
    free(capture);
    return NULL;
  }
  return capture;
}

void cpc_close(struct cpc_capture *capture) {
  if (capture == NULL) return;
  lib.close(capture->handle);
  free(capture);
}

int cpc_link_type(const struct cpc_capture *capture) { return lib.datalink(capture->handle); }

const char *cpc_link_type_name(int link_type) { return lib.datalink_name == NULL ? NULL : lib.datalink_name(link_type); }

uint64_t cpc_bytes_read(const struct cpc_capture *capture) {
  const off_t place = ftello(capture->file);
  return place < 0 ? 0 : (uint64_t)place;
}

/// Whether there is something to read, or the end, without waiting for it.
static bool is_ready(const struct cpc_capture *capture) {
  // What the C library has read already; only glibc tells it, and in no other way.
  if (capture->file->_IO_read_ptr < capture->file->_IO_read_end) return true;
  struct pollfd request = {.fd = fileno(capture->file), .events = POLLIN};
  return poll(&request, 1, 0) != 0;
}

int cpc_read(struct cpc_capture *capture, uint8_t *bytes, size_t size, struct cpc_frame *frames, size_t most,
             size_t *count, const char **error) {
  size_t used = 0;
  *count = 0;
  while (*count < most) {
    if (capture->header == NULL) {
      if (*count > 0 && !is_ready(capture)) return 1;
      struct pcap_pkthdr *header;
      switch (lib.next(capture->handle, &header, &capture->frame)) {
        case 1: capture->header = header; break;
        case PCAP_ERROR_BREAK: return 0;
        default: *error = lib.error(capture->handle); return -1;
      }
    }
    const size_t captured = capture->header->caplen;
    if (captured > size - used) {
      if (*count > 0) return 1;
      *error = "the frame is too long";
      return -1;
    }
    const struct timeval time = capture->header->ts;
    frames[*count] = (struct cpc_frame){
        // Nanoseconds, as they were asked for, under the name of microseconds; what a file says may be anything.
        .time = (int64_t)((uint64_t)time.tv_sec * 1000000000 + (uint64_t)time.tv_usec),
        .offset = (uint32_t)used,
        .captured = (uint32_t)captured,
        .original = capture->header->len};
    memcpy(bytes + used, capture->frame, captured);
    used += captured;
    ++*count;
    capture->header = NULL;
  }
  return 1;
}
