#include "CPcap.h"

#include <dlfcn.h>
#include <pcap/pcap.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

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

struct cpc_capture {
  pcap_t *handle;
};

struct cpc_capture *cpc_open(FILE *file, char *error) {
  if (lib.error == NULL && !load()) {
    strcpy(error, "reading captures takes libpcap, which is not installed (Debian: apt-get install libpcap0.8)");
    return NULL;
  }
  struct cpc_capture *capture = malloc(sizeof *capture);
  if (capture == NULL) {
    strcpy(error, "out of memory");
    return NULL;
  }
  // Files of either precision are read.
  capture->handle = lib.open(file, PCAP_TSTAMP_PRECISION_NANO, error);
  if (capture->handle == NULL) {
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

int cpc_next(struct cpc_capture *capture, const uint8_t **bytes, size_t *captured, size_t *original, int64_t *time,
             const char **error) {
  struct pcap_pkthdr *header;
  switch (lib.next(capture->handle, &header, bytes)) {
    case 1:
      *captured = header->caplen;
      *original = header->len;
      // Nanoseconds, as they were asked for, under the name of microseconds; what a file says may be anything.
      *time = (int64_t)((uint64_t)header->ts.tv_sec * 1000000000 + (uint64_t)header->ts.tv_usec);
      return 1;
    case PCAP_ERROR_BREAK: return 0;
    default: *error = lib.error(capture->handle); return -1;
  }
}
