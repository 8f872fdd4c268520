import Foundation

/// One thread per core.
public let defaultThreads = ProcessInfo.processInfo.activeProcessorCount
