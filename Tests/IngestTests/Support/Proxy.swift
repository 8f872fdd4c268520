import Foundation
import Synchronization

/// A TCP proxy on loopback that can be cut, as a network or a server that goes away.
///
/// `@unchecked Sendable`: what changes is behind the mutex.
final class Proxy: @unchecked Sendable {
  let port: UInt16
  private let listener: Int32
  private let target: sockaddr_in
  private let state = Mutex<(isCut: Bool, sockets: Set<Int32>)>((false, []))

  /// - Parameter address: `host:port`, the host an IPv4 address.
  init(to address: String) throws {
    let parts = address.split(separator: ":")
    target = Self.address(String(parts[0]), UInt16(parts[1]) ?? 0)
    let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    self.listener = listener
    var local = Self.address("127.0.0.1", 0)
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let isBound = withUnsafeMutablePointer(to: &local) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(listener, $0, length) == 0 && getsockname(listener, $0, &length) == 0
      }
    }
    guard isBound, listen(listener, 16) == 0 else { throw POSIXError(.EADDRNOTAVAIL) }
    port = UInt16(bigEndian: local.sin_port)
    Thread.detachNewThread { [self] in accept() }
  }

  deinit { close(listener) }

  /// Breaks all connections, and those that come until `heal`.
  func cut() {
    state.withLock { state in
      state.isCut = true
      for socket in state.sockets { shutdown(socket, Int32(SHUT_RDWR)) }
    }
  }

  func heal() { state.withLock { $0.isCut = false } }

  /// Ends it; its threads end with their connections.
  func stop() {
    cut()
    shutdown(listener, Int32(SHUT_RDWR))
  }

  private func accept() {
    while true {
      let client = Glibc.accept(listener, nil, nil)
      guard client >= 0 else { return }
      let server = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
      var address = target
      let isConnected = withUnsafePointer(to: &address) {
        $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
          connect(server, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
        }
      }
      let isUsed =
        isConnected
        && state.withLock { state in
          if !state.isCut { state.sockets.formUnion([client, server]) }
          return !state.isCut
        }
      guard isUsed else {
        close(client)
        close(server)
        continue
      }
      let ends = Ends { [self] in
        state.withLock { state in
          state.sockets.subtract([client, server])
        }
        close(client)
        close(server)
      }
      Thread.detachNewThread { Self.pump(client, server, ends) }
      Thread.detachNewThread { Self.pump(server, client, ends) }
    }
  }

  private static func pump(_ from: Int32, _ to: Int32, _ ends: Ends) {
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let count = recv(from, &buffer, buffer.count, 0)
      guard count > 0 else { break }
      var sent = 0
      while sent < count {
        let written = buffer[sent..<count].withUnsafeBytes {
          send(to, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
        }
        guard written > 0 else { break }
        sent += written
      }
      guard sent == count else { break }
    }
    shutdown(from, Int32(SHUT_RDWR))
    shutdown(to, Int32(SHUT_RDWR))
    ends.one()
  }

  private static func address(_ host: String, _ port: UInt16) -> sockaddr_in {
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = port.bigEndian
    inet_pton(AF_INET, host, &address.sin_addr)
    return address
  }
}

/// Calls when both directions of a connection have ended.
private final class Ends: Sendable {
  private let left = Mutex(2)
  private let finish: @Sendable () -> Void

  init(_ finish: @escaping @Sendable () -> Void) { self.finish = finish }

  func one() {
    let isLast = left.withLock {
      $0 -= 1
      return $0 == 0
    }
    if isLast { finish() }
  }
}
