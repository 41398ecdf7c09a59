/// The few functions of MPI that Cairn needs, from a library that is loaded at run time.
///
/// There is no `mpi.h` here: programs of Cairn start on machines without MPI, and one binary works
/// with Open MPI and with MPICH, whose handles differ. `tools/check-mpi` compares the constants
/// with the headers of both.
#pragma once

/// The size of the texts that the functions below fill in, with the terminating zero.
#define CAIRN_MPI_TEXT 8192

/// The binary interface of the loaded library.
enum cairn_mpi_abi {
  CAIRN_MPI_NONE = 0,
  CAIRN_MPI_OPEN_MPI = 1,
  CAIRN_MPI_MPICH = 2,
};

// The values of handles in MPICH 3 and 4, and of what Open MPI and MPICH share.
#define CAIRN_MPICH_COMM_WORLD 0x44000000
#define CAIRN_MPICH_BYTE 0x4c00010d
#define CAIRN_MPICH_ERRORS_RETURN 0x54000001
#define CAIRN_MPICH_STATUS_IGNORE 1
#define CAIRN_OPEN_MPI_STATUS_IGNORE 0
#define CAIRN_MPI_SUCCESS 0
#define CAIRN_MPI_THREAD_FUNNELED 1

/// The tag of the messages of functions that wait; others have larger ones, up to 32,767.
#define CAIRN_MPI_TAG 1

/// A message that is under way: the library's handle of it.
///
/// Its bytes must stay where they are until `cairn_mpi_test` or `cairn_mpi_wait` has said that it
/// is complete.
struct cairn_mpi_request {
  void *open_mpi;
  int mpich;
};

/// Loads a library of MPI and finds out which one it is.
///
/// @param path The name or path of the library.
/// @param text Receives the reason of a failure.
/// @returns The binary interface; `CAIRN_MPI_NONE` if it cannot be used.
enum cairn_mpi_abi cairn_mpi_open(const char *path, char *text);

/// Starts MPI for a process in which one thread calls it, and makes errors be returned.
///
/// @param text Receives the reason of a failure.
/// @returns 0, or another number for a failure.
int cairn_mpi_start(char *text);

/// The number of this process among the processes of the job, from 0.
int cairn_mpi_rank(void);

/// The number of the processes of the job.
int cairn_mpi_size(void);

/// Describes the library in `text`.
void cairn_mpi_describe(char *text);

/// Sends bytes to another process. Like the functions below, it returns 0, or another number and
/// the reason in `text`.
int cairn_mpi_send(const void *bytes, int count, int peer, char *text);

/// Receives bytes from another process.
int cairn_mpi_receive(void *bytes, int count, int peer, char *text);

/// Sends bytes to a process and receives bytes from the same one.
int cairn_mpi_exchange(
    const void *sent, int sent_count, void *received, int received_count, int peer, char *text);

/// Begins to send bytes to another process.
int cairn_mpi_begin_send(
    const void *bytes, int count, int peer, int tag, struct cairn_mpi_request *request,
    char *text);

/// Begins to receive bytes from another process.
int cairn_mpi_begin_receive(
    void *bytes, int count, int peer, int tag, struct cairn_mpi_request *request, char *text);

/// Lets all messages that are under way make progress, and says whether one is complete.
int cairn_mpi_test(struct cairn_mpi_request *request, int *is_complete, char *text);

/// Waits until a message is complete.
int cairn_mpi_wait(struct cairn_mpi_request *request, char *text);

/// Ends MPI, together with all processes.
int cairn_mpi_end(char *text);
