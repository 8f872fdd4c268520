internal import COpenBLAS
import Synchronization

/// The number of threads OpenBLAS uses: one setting for the whole process.
///
/// Where our own tasks own the cores (row blocks of a fit, chunks of an aggregation) it is 1: a second layer of
/// threads would fight for the same cores, and the bits of a sum would depend on their number. A caller that
/// factorises one large matrix and nothing else beside it may set it to the number of cores.
public enum BLASThreads {
  private static let lock = Mutex(())

  public static var count: Int { Int(openblas_get_num_threads()) }

  /// Takes effect for calls that begin afterwards. A count below 1 counts as 1.
  public static func set(_ count: Int) {
    let wanted = Int32(clamping: max(1, count))
    lock.withLock { _ in
      if openblas_get_num_threads() != wanted { openblas_set_num_threads(wanted) }
    }
  }
}
