#define _GNU_SOURCE
#include "CRanks.h"

#include <arpa/inet.h>
#include <errno.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

// A beat is one byte, which must not wait for more.
static void send_at_once(int descriptor) {
  int on = 1;
  setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
}

int cairn_listen(uint16_t *port) {
  // A socket of IPv6 takes connections of IPv4 too, if the machine has IPv6 at all.
  int descriptor = socket(AF_INET6, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  struct sockaddr_storage address;
  socklen_t length;
  memset(&address, 0, sizeof address);
  if (descriptor >= 0) {
    int off = 0;
    setsockopt(descriptor, IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof off);
    struct sockaddr_in6 *any = (struct sockaddr_in6 *)&address;
    any->sin6_family = AF_INET6;
    any->sin6_addr = in6addr_any;
    length = sizeof *any;
  } else {
    descriptor = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (descriptor < 0) return -1;
    struct sockaddr_in *any = (struct sockaddr_in *)&address;
    any->sin_family = AF_INET;
    any->sin_addr.s_addr = htonl(INADDR_ANY);
    length = sizeof *any;
  }
  if (bind(descriptor, (struct sockaddr *)&address, length) != 0 || listen(descriptor, 1024) != 0
      || getsockname(descriptor, (struct sockaddr *)&address, &length) != 0) {
    close(descriptor);
    return -1;
  }
  *port = ntohs(address.ss_family == AF_INET6 ? ((struct sockaddr_in6 *)&address)->sin6_port
                                              : ((struct sockaddr_in *)&address)->sin_port);
  return descriptor;
}

void cairn_addresses(char *text, int size) {
  struct ifaddrs *all = NULL;
  unsigned long used = 0;
  text[0] = 0;
  if (getifaddrs(&all) != 0) return;
  for (int loopback = 0; loopback <= 1; loopback++) {
    for (struct ifaddrs *one = all; one; one = one->ifa_next) {
      if (!one->ifa_addr || !(one->ifa_flags & IFF_UP)) continue;
      if (((one->ifa_flags & IFF_LOOPBACK) != 0) != loopback) continue;
      char name[INET6_ADDRSTRLEN];
      const void *address;
      if (one->ifa_addr->sa_family == AF_INET) {
        address = &((struct sockaddr_in *)one->ifa_addr)->sin_addr;
      } else if (one->ifa_addr->sa_family == AF_INET6) {
        const struct in6_addr *own = &((struct sockaddr_in6 *)one->ifa_addr)->sin6_addr;
        // An address of one link means nothing without the link.
        if (IN6_IS_ADDR_LINKLOCAL(own)) continue;
        address = own;
      } else {
        continue;
      }
      if (!inet_ntop(one->ifa_addr->sa_family, address, name, sizeof name)) continue;
      unsigned long length = strlen(name);
      if (used + length + 2 > (unsigned long)size) break;
      if (used) text[used++] = ' ';
      memcpy(text + used, name, length + 1);
      used += length;
    }
  }
  freeifaddrs(all);
}

int cairn_connect(const char *address, uint16_t port, int milliseconds) {
  struct sockaddr_in6 v6;
  struct sockaddr_in v4;
  memset(&v6, 0, sizeof v6);
  memset(&v4, 0, sizeof v4);
  int is_v4 = inet_pton(AF_INET, address, &v4.sin_addr) == 1;
  if (!is_v4 && inet_pton(AF_INET6, address, &v6.sin6_addr) != 1) return -1;
  v4.sin_family = AF_INET;
  v4.sin_port = htons(port);
  v6.sin6_family = AF_INET6;
  v6.sin6_port = htons(port);
  int descriptor =
      socket(is_v4 ? AF_INET : AF_INET6, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (descriptor < 0) return -1;
  int status = is_v4 ? connect(descriptor, (struct sockaddr *)&v4, sizeof v4)
                     : connect(descriptor, (struct sockaddr *)&v6, sizeof v6);
  if (status != 0 && errno == EINPROGRESS) {
    struct pollfd waiting = {.fd = descriptor, .events = POLLOUT};
    int error = 0;
    socklen_t length = sizeof error;
    status = poll(&waiting, 1, milliseconds) == 1
            && getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &error, &length) == 0 && error == 0
        ? 0
        : -1;
  }
  if (status != 0) {
    close(descriptor);
    return -1;
  }
  send_at_once(descriptor);
  return descriptor;
}

int cairn_accept(int listener) {
  int descriptor = accept4(listener, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
  if (descriptor >= 0) send_at_once(descriptor);
  return descriptor;
}

long cairn_send_now(int descriptor, const void *bytes, unsigned long count) {
  return send(descriptor, bytes, count, MSG_DONTWAIT | MSG_NOSIGNAL);
}

int cairn_memory_file(void) { return memfd_create("cairn", MFD_CLOEXEC); }
