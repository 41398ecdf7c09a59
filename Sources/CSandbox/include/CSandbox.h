// The system calls of a sandbox that Swift cannot make: fork, variadic ones, and ancillary data.
#pragma once
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/// What the kernel grants besides the limits of resources; a sum.
enum csandbox_walls { csandbox_seccomp = 1, csandbox_landlock = 2 };

/// Creates a child process, as fork(2) does.
pid_t csandbox_fork(void);

/// Whether the calling process has one thread.
int csandbox_has_one_thread(void);

/// Cuts a process that was just forked off from its parent: it keeps two descriptors, which become
/// numbers 3 and 4, has empty standard streams, ignores the signals that a terminal sends to all of
/// a job, and has the default action for all others.
void csandbox_cut_off(int first, int second);

/// Gives up all rights of the calling process except to compute, and to exchange messages over
/// `descriptor`, which becomes number 3. It may allocate `memory` bytes more than it has. It ends
/// with its parent.
///
/// Returns the walls that the kernel granted.
unsigned csandbox_give_up_rights(int descriptor, size_t memory);

/// A file in memory that keeps its size. Returns its descriptor, or -1 with errno set.
int csandbox_memory(size_t size);

/// Sends a message, with up to two descriptors. Returns 0, or -1 with errno set.
int csandbox_send(
    int socket, const void *bytes, size_t count, const int *descriptors, size_t descriptor_count);

/// Receives a message of `count` bytes, and exactly `descriptor_count` descriptors, at most two.
///
/// It looks for the message for `spin` nanoseconds before it waits for up to `milliseconds`; -1 is
/// forever. Returns 1; 0 if there was no message in time; -1 if there will be none.
int csandbox_receive(
    int socket, void *bytes, size_t count, int *descriptors, size_t descriptor_count, int64_t spin,
    int milliseconds);

/// The processor time of a process in nanoseconds, or -1 if there is no such process.
int64_t csandbox_processor_time(pid_t process);
