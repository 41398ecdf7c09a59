import Glibc

/// The place of this process in a job that `mpirun` or `srun` has started.
///
/// It is read from the environment, before MPI is loaded.
///
/// ```swift
/// let launch = Launch(environment: ["OMPI_COMM_WORLD_RANK": "1", "OMPI_COMM_WORLD_SIZE": "4"])
/// print(launch?.rank ?? 0, "of", launch?.size ?? 1)  // 1 of 4, started by Open MPI
/// ```
public struct Launch: Equatable, Sendable {
  /// The number of this process in the job, from 0.
  public let rank: Int

  /// The number of processes of the job.
  public let size: Int

  /// The command that started the job.
  public let launcher: Launcher

  /// The number of its processes on this machine; `nil` if it is unknown.
  public var localSize: Int?

  /// The interface of MPI that `srun --mpi` names; `nil` if it is unknown.
  public var slurmInterface: String?

  /// A command that starts several processes.
  public enum Launcher: Equatable, Sendable {
    /// `mpirun` of Open MPI.
    case openMPI

    /// `mpirun` of MPICH, or another launcher with its interface PMI.
    case mpich

    /// `srun` of Slurm.
    case slurm
  }

  /// Creates a place in a job.
  ///
  /// - Parameters:
  ///   - rank: The number of this process, from 0.
  ///   - size: The number of processes.
  ///   - launcher: The command that started the job.
  public init(rank: Int, size: Int, launcher: Launcher) {
    (self.rank, self.size, self.launcher) = (rank, size, launcher)
  }

  /// Whether the first process is on this machine, and so finds the libraries that this one finds.
  ///
  /// If MPI cannot be loaded, it says so. `mpirun` of Open MPI then ends the others, that of MPICH
  /// does not.
  public var isWithFirst: Bool { localSize == size }

  /// Reads the place from environment variables; `nil` for a process that no launcher has started.
  ///
  /// A script of `sbatch` is not started by `srun`, although it has Slurm's variables: only `srun`
  /// offers PMI.
  ///
  /// - Parameter environment: The variables by name.
  public init?(environment: [String: String]) {
    func number(_ name: String) -> Int? { environment[name].flatMap { Int($0) } }
    func place(_ rank: String, _ size: String, _ launcher: Launcher) -> Launch? {
      guard let rank = number(rank), let size = number(size), (0..<size).contains(rank) else {
        return nil
      }
      return Launch(rank: rank, size: size, launcher: launcher)
    }
    let isSlurm = number("SLURM_PROCID") != nil && environment["PMIX_NAMESPACE"] != nil
    guard
      let found = place("OMPI_COMM_WORLD_RANK", "OMPI_COMM_WORLD_SIZE", .openMPI)
        ?? place("PMI_RANK", "PMI_SIZE", environment["SLURM_PROCID"] == nil ? .mpich : .slurm)
        ?? (isSlurm ? place("SLURM_PROCID", "SLURM_NTASKS", .slurm) : nil)
    else { return nil }
    self = found
    localSize = number("OMPI_COMM_WORLD_LOCAL_SIZE") ?? number("MPI_LOCALNRANKS")
    if launcher == .slurm { slurmInterface = environment["SLURM_MPI_TYPE"] }
  }

  /// The number of processes that `srun` has started without an interface of MPI, so that each one
  /// is alone; `nil` if it has not.
  ///
  /// - Parameter environment: The variables by name.
  /// - Returns: The number, in the first of the processes only.
  public static func separateProcesses(in environment: [String: String]) -> Int? {
    guard Launch(environment: environment) == nil, environment["SLURM_PROCID"] == "0",
      let count = environment["SLURM_STEP_NUM_TASKS"].flatMap({ Int($0) }), count > 1
    else { return nil }
    return count
  }

  /// The place of this process; `nil` if no launcher has started it.
  public static let current = Launch(environment: environment(of: names))

  /// The number of processes that `srun` has started like this one, the first of them, without an
  /// interface of MPI; `nil` if it has not.
  public static var separateProcesses: Int? { separateProcesses(in: environment(of: names)) }

  private static let names = [
    "OMPI_COMM_WORLD_RANK", "OMPI_COMM_WORLD_SIZE", "PMI_RANK", "PMI_SIZE", "SLURM_PROCID",
    "SLURM_NTASKS", "SLURM_STEP_NUM_TASKS", "SLURM_MPI_TYPE", "PMIX_NAMESPACE",
    "OMPI_COMM_WORLD_LOCAL_SIZE", "MPI_LOCALNRANKS",
  ]

  /// The libraries of MPI to try, in order; `CAIRN_MPI` in the environment names another one.
  var libraries: [String] {
    if let named = environment(of: ["CAIRN_MPI"])["CAIRN_MPI"] { return [named] }
    let openMPI = ["libmpi.so.40"]
    // The common name of MPICH's binary interface, and Debian's.
    let mpich = ["libmpi.so.12", "libmpich.so.12"]
    // Debian's Open MPI does not know Slurm's older interface, PMI-2.
    let isMPICHFirst = launcher == .mpich || slurmInterface == "pmi2"
    return isMPICHFirst ? mpich + openMPI : openMPI + mpich
  }
}

/// The values of environment variables that are set and not empty.
private func environment(of names: [String]) -> [String: String] {
  var values: [String: String] = [:]
  for name in names {
    guard let value = unsafe getenv(name), unsafe value.pointee != 0 else { continue }
    values[name] = unsafe String(cString: value)
  }
  return values
}
