/// Sockets by which the processes of a job notice that one of them has died or hangs, a watch of
/// their launcher, files in memory, and memory that several processes see.
#pragma once

#include <stdint.h>
#include <sys/types.h>

/// Listens on a free TCP port of all addresses.
///
/// @param port Receives the port.
/// @returns A non-blocking descriptor, or -1.
int cairn_listen(uint16_t *port);

/// Writes the numeric IPv4 and IPv6 addresses of this machine, separated by spaces, those of the
/// loopback interface last.
///
/// @param text Receives the addresses and a terminating zero.
/// @param size The size of `text`.
void cairn_addresses(char *text, int size);

/// Connects to a port.
///
/// @param address A numeric address.
/// @param port The port.
/// @param milliseconds The time limit.
/// @returns A non-blocking descriptor, or -1.
int cairn_connect(const char *address, uint16_t port, int milliseconds);

/// Accepts a connection.
///
/// @returns A non-blocking descriptor, or -1 if none is waiting.
int cairn_accept(int listener);

/// Sends without waiting, and without a signal if the other end is closed.
///
/// @returns The number of bytes sent, or -1.
long cairn_send_now(int descriptor, const void *bytes, unsigned long count);

/// Forks a process that waits until this one dies. If its parent, `mpirun` or a daemon of it, then
/// sleeps for a time without waking once, and does not ask for the status of its dead child, the
/// parent is killed.
///
/// @param milliseconds The time.
/// @returns The process; -1 if there is none, as with another parent.
pid_t cairn_watch_launcher(int milliseconds);

/// Ends a process of `cairn_watch_launcher`.
void cairn_end_watch(pid_t process);

/// Creates an empty file in memory.
///
/// @returns A descriptor, or -1.
int cairn_memory_file(void);

/// Creates memory that other processes can map. It ends with the last process that has it.
///
/// @param size The number of bytes, which are reserved and 0.
/// @param descriptor Receives a descriptor, by which the others find it while it is open.
/// @returns The memory, or NULL.
void *cairn_create_shared_memory(unsigned long size, int *descriptor);

/// Maps memory that another process has created.
///
/// @param process The other process.
/// @param descriptor Its descriptor.
/// @param size The number of bytes.
/// @returns The memory, or NULL.
void *cairn_map_shared_memory(int process, int descriptor, unsigned long size);
