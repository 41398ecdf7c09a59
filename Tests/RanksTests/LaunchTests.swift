import Ranks
import Testing

@Suite("Launchers")
struct LaunchTests {
  @Test("The environment of each launcher tells rank and size")
  func launchers() {
    #expect(
      Launch(environment: ["OMPI_COMM_WORLD_RANK": "1", "OMPI_COMM_WORLD_SIZE": "4"])
        == Launch(rank: 1, size: 4, launcher: .openMPI))
    #expect(
      Launch(environment: ["PMI_RANK": "0", "PMI_SIZE": "2"])
        == Launch(rank: 0, size: 2, launcher: .mpich))
    #expect(
      Launch(environment: ["PMI_RANK": "3", "PMI_SIZE": "8", "SLURM_PROCID": "3"])
        == Launch(rank: 3, size: 8, launcher: .slurm))
    #expect(
      Launch(environment: [
        "SLURM_PROCID": "2", "SLURM_NTASKS": "4", "PMIX_NAMESPACE": "slurm.pmix.7.0",
      ]) == Launch(rank: 2, size: 4, launcher: .slurm))
  }

  @Test("Processes of srun without an interface of MPI are counted by the first one")
  func separate() {
    let environment = [
      "SLURM_PROCID": "0", "SLURM_NTASKS": "4", "SLURM_STEP_NUM_TASKS": "4",
    ]
    #expect(Launch.separateProcesses(in: environment) == 4)
    #expect(Launch.separateProcesses(in: environment.merging(["SLURM_PROCID": "1"]) { $1 }) == nil)
    #expect(
      Launch.separateProcesses(in: environment.merging(["SLURM_STEP_NUM_TASKS": "1"]) { $1 })
        == nil)
    #expect(
      Launch.separateProcesses(
        in: environment.merging(["PMIX_NAMESPACE": "slurm.pmix.7.0"]) { $1 }) == nil)
    // A script of sbatch.
    #expect(
      Launch.separateProcesses(in: ["SLURM_PROCID": "0", "SLURM_NTASKS": "4"]) == nil)
  }

  @Test("The interface of srun is known, and chooses the library")
  func interface() {
    let launch = Launch(environment: [
      "SLURM_PROCID": "0", "SLURM_NTASKS": "2", "PMI_RANK": "0", "PMI_SIZE": "2",
      "SLURM_MPI_TYPE": "pmi2",
    ])
    #expect(launch?.slurmInterface == "pmi2")
    #expect(launch?.launcher == .slurm)
  }

  @Test("A process that no launcher has started is alone")
  func none() {
    #expect(Launch(environment: [:]) == nil)
    // A script of sbatch.
    #expect(Launch(environment: ["SLURM_PROCID": "0", "SLURM_NTASKS": "4"]) == nil)
    #expect(Launch(environment: ["PMI_RANK": "4", "PMI_SIZE": "4"]) == nil)
    #expect(Launch(environment: ["PMI_RANK": "x", "PMI_SIZE": "4"]) == nil)
  }
}
