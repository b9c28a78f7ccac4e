import ByteCore
import Glibc
import PosixIO
import TestSupport
import Testing

@Suite struct ListenerTests {
    /// A folder for one test.
    private final class Folder {
        let path: String

        init() throws {
            var template = Array("/tmp/pointerscope-test-XXXXXX".utf8CString)
            _ = try #require(mkdtemp(&template))
            path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        }

        func address(_ name: String = "s") throws -> SocketAddress {
            try SocketAddress(parsing: "unix:\(path)/\(name)")
        }

        deinit {
            for name in ["s", "t", "f"] { unlink("\(path)/\(name)") }
            rmdir(path)
        }
    }

    private func mode(of path: String) -> mode_t? {
        var status = stat()
        return lstat(path, &status) == 0 ? status.st_mode & 0o7777 : nil
    }

    private func failure(_ address: SocketAddress) -> SystemError? {
        do {
            _ = try Listener(on: address)
            return nil
        } catch { return error }
    }

    /// Accepts one connection and says who it is; a connection that was begun on this machine is there.
    private func peer(of listener: borrowing Listener) -> PeerAddress? {
        var peer = PeerAddress.unixSocket
        guard case .connection = listener.accept(&peer) else { return nil }
        return peer
    }

    @Test func aSocketFileIsForOwnerAndGroup() throws {
        let folder = try Folder()
        let address = try folder.address()
        do {
            let listener = try Listener(on: address)
            #expect(
                listener.address == address && address.isLoopback && address.text == "unix:\(folder.path)/s")
            #expect(mode(of: folder.path + "/s") == 0o660)
            _ = try connecting(to: address)
            #expect(peer(of: listener) == .unixSocket)
        }
        #expect(mode(of: folder.path + "/s") == nil, "it goes with its listener")
    }

    @Test(arguments: [0, 0o077, 0o777] as [mode_t])
    func aSocketFileHasItsModeWhateverTheUmask(umask: mode_t) throws {
        let folder = try Folder()
        for (isPrivate, wanted) in [(false, 0o660), (true, 0o600)] as [(Bool, mode_t)] {
            let address = try folder.address()
            let found: [mode_t?] = withUmask(umask) {
                guard let listener = try? Listener(on: address, isPrivate: isPrivate) else { return [] }
                // The socket had it before there was a file.
                var status = stat()
                guard fstat(listener.raw, &status) == 0 else { return [] }
                return [mode(of: folder.path + "/s"), status.st_mode & 0o777]
            }
            #expect(found == [wanted, wanted])
        }
    }

    @Test func whoSharesAPortDoesSoWithItsOwnAlone() throws {
        let first = try Listener(on: try SocketAddress(parsing: "127.0.0.1:0"), sharesPort: true)
        let second = try Listener(beside: first)
        #expect(second.address == first.address)
        // Somebody else, who would share it, too, gets no part of it.
        #expect(failure(first.address)?.code == EADDRINUSE)
        let refused: SystemError?
        do {
            _ = try Listener(on: first.address, sharesPort: true)
            refused = nil
        } catch { refused = error }
        #expect(refused?.code == EADDRINUSE)
        // And whoever shares none is not shared with.
        let alone = try Listener(on: try SocketAddress(parsing: "127.0.0.1:0"))
        let joined: SystemError?
        do {
            _ = try Listener(beside: alone)
            joined = nil
        } catch { joined = error }
        #expect(joined?.code == EADDRINUSE)
    }

    @Test func whoSharesAPortServesBothFamiliesWhereTheFirstDoes() throws {
        let first = try Listener(on: try SocketAddress(parsing: "[::]:0"), sharesPort: true)
        let second = try Listener(beside: first)
        let v4 = try SocketAddress(parsing: "127.0.0.1:\(first.address.port)")
        var found: Set<Int> = []
        // The kernel chooses by the client's port.
        for _ in 0..<200 where found.count < 2 {
            _ = try connecting(to: v4)
            if peer(of: first) == .ip(IPAddress(v4: 0x7F00_0001)) { found.insert(1) }
            if peer(of: second) == .ip(IPAddress(v4: 0x7F00_0001)) { found.insert(2) }
        }
        #expect(found == [1, 2])
    }

    @Test func whoWasStartedWithOneTakesItOver() throws {
        let made = try Listener(on: try SocketAddress(parsing: "127.0.0.1:0"))
        guard let inherited = Listener(inherited: fcntl(made.raw, F_DUPFD_CLOEXEC, 0)) else {
            Issue.record("it is none")
            return
        }
        #expect(inherited.address == made.address)
        _ = try connecting(to: made.address)
        #expect(peer(of: inherited) == .ip(IPAddress(v4: 0x7F00_0001)))
        if Listener(inherited: 9_999) != nil { Issue.record("there is one") }
    }

    @Test func whoListensSeesThatItsFileIsGone() throws {
        let folder = try Folder()
        let address = try folder.address()
        let path = folder.path + "/s"
        let first = try Listener(on: address)
        #expect(first.fileState == .own)
        unlink(path)
        #expect(first.fileState == .missing)
        do {
            let second = try Listener(on: address)
            #expect(first.fileState == .another && second.fileState == .own)
            // The first one's end leaves it alone.
            first.removeFile()
            #expect(second.fileState == .own)
        }
        #expect(mode(of: path) == nil)
        #expect(first.fileState == .own, "it has removed what it had")
        let port = try Listener(on: try SocketAddress(parsing: "127.0.0.1:0"))
        #expect(port.fileState == .own)
    }

    @Test func aSocketFileCanBelongToAGroup() throws {
        let folder = try Folder()
        _ = try Listener(on: folder.address(), group: getgid())
        guard geteuid() == 0 else { return }
        let listener = try Listener(on: folder.address(), group: 65_534)
        var status = stat()
        #expect(lstat(folder.path + "/s", &status) == 0 && status.st_gid == 65_534)
        _ = listener.raw
    }

    @Test func whoListensIsNotPushedAside() throws {
        let folder = try Folder()
        let listener = try Listener(on: folder.address())
        #expect(failure(try folder.address())?.code == EADDRINUSE)
        let holder = PortHolder(of: listener.address)
        #expect(holder?.process?.pid == getpid() && holder?.user == getuid())
        _ = try connecting(to: listener.address)
        listener.removeFile()
        let other = try Listener(on: folder.address())
        // What has the name now is somebody else's.
        listener.removeFile()
        #expect(mode(of: folder.path + "/s") == 0o660)
        _ = other.raw
    }

    @Test func whatADeadServerLeftIsTakenOver() throws {
        let folder = try Folder()
        do {
            let number = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
            var name = sockaddr_un()
            name.sun_family = sa_family_t(AF_UNIX)
            withUnsafeMutableBytes(of: &name.sun_path) { $0.copyBytes(from: (folder.path + "/s").utf8) }
            let bound = withUnsafePointer(to: &name) {
                $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    bind(number, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
                }
            }
            #expect(bound == 0)
            close(number)
        }
        #expect(mode(of: folder.path + "/s") != nil)
        let listener = try Listener(on: folder.address())
        _ = try connecting(to: listener.address)
        #expect(peer(of: listener) == .unixSocket)
    }

    @Test func whatIsNoSocketIsLeftAlone() throws {
        let folder = try Folder()
        let file = open(folder.path + "/f", O_CREAT | O_WRONLY | O_CLOEXEC, 0o600)
        #expect(write(file, "mine", 4) == 4)
        close(file)
        #expect(failure(try folder.address("f"))?.code == ENOTSOCK)
        symlink(folder.path + "/f", folder.path + "/t")
        #expect(failure(try folder.address("t"))?.code == ENOTSOCK)
        #expect(failure(try folder.address("missing/s"))?.code == ENOENT)
        var status = stat()
        #expect(lstat(folder.path + "/f", &status) == 0 && status.st_size == 4)
    }

    @Test func bothFamiliesReachAllAddresses() throws {
        let listener = try Listener(on: SocketAddress(parsing: "[::]:0"))
        let port = listener.address.port
        #expect(listener.address.reachable.text == "[::1]:\(port)")
        for (text, expected) in [("127.0.0.1", "127.0.0.1"), ("[::1]", "::1"), ("127.9.8.7", "127.0.0.1")] {
            let connection = try connecting(to: SocketAddress(parsing: "\(text):\(port)"))
            #expect(peer(of: listener) == IPAddress(expected).map { .ip($0) }, "\(text)")
            _ = connection.raw
        }
        #expect(failure(try SocketAddress(parsing: "127.0.0.1:\(port)"))?.code == EADDRINUSE)
    }

    @Test func aPeerOfAMappedAddressIsAnIPv4One() throws {
        let listener = try Listener(on: SocketAddress(parsing: "[::ffff:127.0.0.1]:0"))
        let connection = try connecting(to: SocketAddress(parsing: "127.0.0.1:\(listener.address.port)"))
        #expect(PeerAddress.of(connection.raw) == .ip(IPAddress(v4: 0x7F00_0001)))
        #expect(peer(of: listener) == .ip(IPAddress(v4: 0x7F00_0001)))
    }

    @Test func whoIsInTheWayOfWhom() throws {
        for (one, other, isInTheWay) in [
            ("127.0.0.1:80", "0.0.0.0:80", true), ("[::]:80", "127.0.0.1:80", true),
            ("127.0.0.1:80", "127.0.0.1:81", false), ("127.0.0.1:80", "[::1]:80", false),
            ("unix:/a", "unix:/a", true), ("unix:/a", "unix:/b", false), ("unix:/a", "0.0.0.0:0", false),
        ] {
            let addresses = (try SocketAddress(parsing: one), try SocketAddress(parsing: other))
            #expect(addresses.0.overlaps(addresses.1) == isInTheWay, "\(one) \(other)")
            #expect(addresses.1.overlaps(addresses.0) == isInTheWay, "\(other) \(one)")
        }
    }
}
