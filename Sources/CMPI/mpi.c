#include "CMPI.h"

#include <dlfcn.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// Handles are pointers in Open MPI and integers in MPICH, so each function has two types.
#define FUNCTIONS(HANDLE)                                                                       \
  int (*comm_rank)(HANDLE, int *);                                                              \
  int (*comm_size)(HANDLE, int *);                                                              \
  int (*comm_set_errhandler)(HANDLE, HANDLE);                                                   \
  int (*send)(const void *, int, HANDLE, int, int, HANDLE);                                     \
  int (*recv)(void *, int, HANDLE, int, int, HANDLE, void *);                                   \
  int (*sendrecv)(                                                                              \
      const void *, int, HANDLE, int, int, void *, int, HANDLE, int, int, HANDLE, void *);      \
  int (*isend)(const void *, int, HANDLE, int, int, HANDLE, HANDLE *);                          \
  int (*irecv)(void *, int, HANDLE, int, int, HANDLE, HANDLE *);                                \
  int (*test)(HANDLE *, int *, void *);                                                         \
  int (*wait)(HANDLE *, void *);                                                                \
  HANDLE world;                                                                                 \
  HANDLE byte;                                                                                  \
  HANDLE errors_return;

static struct { FUNCTIONS(void *) } open_mpi;
static struct { FUNCTIONS(int) } mpich;

static struct {
  enum cairn_mpi_abi abi;
  int (*init_thread)(int *, char ***, int, int *);
  int (*finalize)(void);
  int (*error_string)(int, char *, int *);
  int (*get_library_version)(char *, int *);
} library;

// One tag is enough for functions that wait: messages between two processes arrive in the order in
// which they were sent.
enum { TAG = CAIRN_MPI_TAG };

static void *ignored_status(void) {
  return (void *)(intptr_t)(library.abi == CAIRN_MPI_MPICH ? CAIRN_MPICH_STATUS_IGNORE
                                                           : CAIRN_OPEN_MPI_STATUS_IGNORE);
}

static int find(void *handle, void *function, const char *name, char *text) {
  void *address = dlsym(handle, name);
  if (!address) {
    snprintf(text, CAIRN_MPI_TEXT, "it has no %s", name);
    return 0;
  }
  memcpy(function, &address, sizeof address);
  return 1;
}

#define FIND_ALL(ABI)                                                                           \
  (find(handle, &ABI.comm_rank, "MPI_Comm_rank", text)                                          \
   && find(handle, &ABI.comm_size, "MPI_Comm_size", text)                                       \
   && find(handle, &ABI.comm_set_errhandler, "MPI_Comm_set_errhandler", text)                   \
   && find(handle, &ABI.send, "MPI_Send", text) && find(handle, &ABI.recv, "MPI_Recv", text)    \
   && find(handle, &ABI.sendrecv, "MPI_Sendrecv", text)                                         \
   && find(handle, &ABI.isend, "MPI_Isend", text)                                               \
   && find(handle, &ABI.irecv, "MPI_Irecv", text)                                               \
   && find(handle, &ABI.test, "MPI_Test", text) && find(handle, &ABI.wait, "MPI_Wait", text))

enum cairn_mpi_abi cairn_mpi_open(const char *path, char *text) {
  // Open MPI's own plug-ins look for its symbols globally.
  void *handle = dlopen(path, RTLD_NOW | RTLD_GLOBAL);
  if (!handle) {
    snprintf(text, CAIRN_MPI_TEXT, "%s", dlerror());
    return CAIRN_MPI_NONE;
  }
  if (!find(handle, &library.init_thread, "MPI_Init_thread", text)
      || !find(handle, &library.finalize, "MPI_Finalize", text)
      || !find(handle, &library.error_string, "MPI_Error_string", text)
      || !find(handle, &library.get_library_version, "MPI_Get_library_version", text)) {
    return CAIRN_MPI_NONE;
  }
  open_mpi.world = dlsym(handle, "ompi_mpi_comm_world");
  if (open_mpi.world) {
    open_mpi.byte = dlsym(handle, "ompi_mpi_byte");
    open_mpi.errors_return = dlsym(handle, "ompi_mpi_errors_return");
    if (!open_mpi.byte || !open_mpi.errors_return) {
      snprintf(text, CAIRN_MPI_TEXT, "it is an unknown version of Open MPI");
      return CAIRN_MPI_NONE;
    }
    if (!FIND_ALL(open_mpi)) return CAIRN_MPI_NONE;
    return library.abi = CAIRN_MPI_OPEN_MPI;
  }
  char version[CAIRN_MPI_TEXT] = "";
  int length = 0;
  library.get_library_version(version, &length);
  // Intel MPI, MVAPICH and Cray MPI share MPICH's binary interface.
  if (!strstr(version, "MPICH") && !strstr(version, "Intel") && !strstr(version, "MVAPICH")
      && !strstr(version, "CRAY")) {
    snprintf(text, CAIRN_MPI_TEXT, "it is neither Open MPI nor MPICH: %.200s", version);
    return CAIRN_MPI_NONE;
  }
  if (!FIND_ALL(mpich)) return CAIRN_MPI_NONE;
  mpich.world = CAIRN_MPICH_COMM_WORLD;
  mpich.byte = CAIRN_MPICH_BYTE;
  mpich.errors_return = CAIRN_MPICH_ERRORS_RETURN;
  return library.abi = CAIRN_MPI_MPICH;
}

static int described(int status, char *text) {
  if (status == CAIRN_MPI_SUCCESS) return 0;
  int length = 0;
  if (library.error_string(status, text, &length) != CAIRN_MPI_SUCCESS) {
    snprintf(text, CAIRN_MPI_TEXT, "error %d", status);
  }
  return status;
}

int cairn_mpi_start(char *text) {
  int level = 0;
  // A process that waits for another one leaves the processor to it. Open MPI does so by itself
  // only if there are more processes than processors, and knows nothing of other programs.
  setenv("OMPI_MCA_mpi_yield_when_idle", "1", 0);
  int status =
      described(library.init_thread(NULL, NULL, CAIRN_MPI_THREAD_FUNNELED, &level), text);
  if (status) return status;
  if (level < CAIRN_MPI_THREAD_FUNNELED) {
    snprintf(text, CAIRN_MPI_TEXT, "it does not allow threads");
    return -1;
  }
  return described(
      library.abi == CAIRN_MPI_MPICH
          ? mpich.comm_set_errhandler(mpich.world, mpich.errors_return)
          : open_mpi.comm_set_errhandler(open_mpi.world, open_mpi.errors_return),
      text);
}

int cairn_mpi_rank(void) {
  int rank = 0;
  if (library.abi == CAIRN_MPI_MPICH) {
    mpich.comm_rank(mpich.world, &rank);
  } else {
    open_mpi.comm_rank(open_mpi.world, &rank);
  }
  return rank;
}

int cairn_mpi_size(void) {
  int size = 1;
  if (library.abi == CAIRN_MPI_MPICH) {
    mpich.comm_size(mpich.world, &size);
  } else {
    open_mpi.comm_size(open_mpi.world, &size);
  }
  return size;
}

void cairn_mpi_describe(char *text) {
  int length = 0;
  text[0] = 0;
  library.get_library_version(text, &length);
}

int cairn_mpi_send(const void *bytes, int count, int peer, char *text) {
  return described(
      library.abi == CAIRN_MPI_MPICH
          ? mpich.send(bytes, count, mpich.byte, peer, TAG, mpich.world)
          : open_mpi.send(bytes, count, open_mpi.byte, peer, TAG, open_mpi.world),
      text);
}

int cairn_mpi_receive(void *bytes, int count, int peer, char *text) {
  void *status = ignored_status();
  return described(
      library.abi == CAIRN_MPI_MPICH
          ? mpich.recv(bytes, count, mpich.byte, peer, TAG, mpich.world, status)
          : open_mpi.recv(bytes, count, open_mpi.byte, peer, TAG, open_mpi.world, status),
      text);
}

int cairn_mpi_exchange(
    const void *sent, int sent_count, void *received, int received_count, int peer, char *text) {
  void *status = ignored_status();
  return described(
      library.abi == CAIRN_MPI_MPICH
          ? mpich.sendrecv(
              sent, sent_count, mpich.byte, peer, TAG, received, received_count, mpich.byte, peer,
              TAG, mpich.world, status)
          : open_mpi.sendrecv(
              sent, sent_count, open_mpi.byte, peer, TAG, received, received_count, open_mpi.byte,
              peer, TAG, open_mpi.world, status),
      text);
}

int cairn_mpi_begin_send(
    const void *bytes, int count, int peer, int tag, struct cairn_mpi_request *request,
    char *text) {
  return described(
      library.abi == CAIRN_MPI_MPICH
          ? mpich.isend(
              bytes, count, mpich.byte, peer, tag, mpich.world, &request->mpich)
          : open_mpi.isend(
              bytes, count, open_mpi.byte, peer, tag, open_mpi.world, &request->open_mpi),
      text);
}

int cairn_mpi_begin_receive(
    void *bytes, int count, int peer, int tag, struct cairn_mpi_request *request, char *text) {
  return described(
      library.abi == CAIRN_MPI_MPICH
          ? mpich.irecv(
              bytes, count, mpich.byte, peer, tag, mpich.world, &request->mpich)
          : open_mpi.irecv(
              bytes, count, open_mpi.byte, peer, tag, open_mpi.world, &request->open_mpi),
      text);
}

int cairn_mpi_test(struct cairn_mpi_request *request, int *is_complete, char *text) {
  void *status = ignored_status();
  return described(
      library.abi == CAIRN_MPI_MPICH ? mpich.test(&request->mpich, is_complete, status)
                                     : open_mpi.test(&request->open_mpi, is_complete, status),
      text);
}

int cairn_mpi_wait(struct cairn_mpi_request *request, char *text) {
  void *status = ignored_status();
  return described(
      library.abi == CAIRN_MPI_MPICH ? mpich.wait(&request->mpich, status)
                                     : open_mpi.wait(&request->open_mpi, status),
      text);
}

int cairn_mpi_end(char *text) { return described(library.finalize(), text); }
