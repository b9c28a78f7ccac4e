import AccessControl
import PosixIO
import StateDirectory

/// The files of people and programs as commands read and change them.
struct PeopleFiles: ~Copyable {
    private let directory: StateDirectory

    /// Opens the directory; `isMade` where there may be none yet.
    init(_ path: String, isMade: Bool) throws(CommandFailure) {
        do throws(StateFault) {
            directory = try StateDirectory.opening(path, isMade: isMade)
        } catch {
            throw CommandFailure(error)
        }
    }

    func admins() throws(CommandFailure) -> [Admin] { try Self.admins(in: directory) }

    func tokens() throws(CommandFailure) -> [ProgramToken] { try Self.tokens(in: directory) }

    /// Reads the admins, lets `body` change them, and writes them, while nobody else does.
    func changeAdmins(_ body: (inout [Admin]) throws(CommandFailure) -> Void) throws(CommandFailure) {
        try change { directory throws(CommandFailure) in
            var admins = try Self.admins(in: directory)
            try body(&admins)
            guard admins.count <= AccessControl.Limits.admins else {
                throw CommandFailure("there are \(AccessControl.Limits.admins) admins already", .dataError)
            }
            return (.admins, AdminFile.bytes(of: admins))
        }
    }

    /// The same with tokens.
    func changeTokens(_ body: (inout [ProgramToken]) throws(CommandFailure) -> Void) throws(CommandFailure) {
        try change { directory throws(CommandFailure) in
            var tokens = try Self.tokens(in: directory)
            try body(&tokens)
            guard tokens.count <= AccessControl.Limits.tokens else {
                throw CommandFailure("there are \(AccessControl.Limits.tokens) tokens already", .dataError)
            }
            return (.tokens, TokenFile.bytes(of: tokens))
        }
    }

    private func change(
        _ body: (borrowing StateDirectory) throws(CommandFailure) -> (StateFile, [UInt8])
    ) throws(CommandFailure) {
        var failure: CommandFailure?
        do throws(StateFault) {
            try directory.changing { directory throws(StateFault) in
                do throws(CommandFailure) {
                    let (file, bytes) = try body(directory)
                    failure = Self.written(bytes, to: file, in: directory)
                } catch {
                    failure = error
                }
            }
        } catch {
            throw CommandFailure(error)
        }
        if let failure { throw failure }
    }

    private static func written(
        _ bytes: [UInt8], to file: StateFile, in directory: borrowing StateDirectory
    ) -> CommandFailure? {
        do throws(StateFault) {
            try directory.write(bytes, to: file)
            return nil
        } catch {
            return CommandFailure(error)
        }
    }

    private static func admins(in directory: borrowing StateDirectory) throws(CommandFailure) -> [Admin] {
        guard let bytes = try read(.admins, in: directory) else { return [] }
        do throws(AccessFileFault) {
            return try AdminFile.parse(bytes)
        } catch {
            throw CommandFailure(error, .admins, in: directory.path)
        }
    }

    private static func tokens(in directory: borrowing StateDirectory) throws(CommandFailure)
        -> [ProgramToken]
    {
        guard let bytes = try read(.tokens, in: directory) else { return [] }
        do throws(AccessFileFault) {
            return try TokenFile.parse(bytes)
        } catch {
            throw CommandFailure(error, .tokens, in: directory.path)
        }
    }

    private static func read(
        _ file: StateFile, in directory: borrowing StateDirectory
    ) throws(CommandFailure) -> [UInt8]? {
        do throws(StateFault) {
            return try directory.read(file)?.bytes
        } catch {
            throw CommandFailure(error)
        }
    }
}
