import Glibc
import PasswordHashing
import PosixIO

/// A new password, from a terminal or from standard input.
enum NewPassword {
    /// How often somebody may type two different ones.
    private static let tries = 3

    /// Asks twice without showing it, or reads a line where `--password-stdin` says so; what it returns is
    /// the caller's to overwrite.
    static func read(for name: String, _ values: OptionValues) throws(CommandFailure) -> [UInt8] {
        if values["password-stdin"].flatMap({ Complaint.truth(of: $0) }) ?? false { return try line() }
        guard isatty(STDIN_FILENO) == 1 else {
            throw CommandFailure(
                "standard input is no terminal to ask on; to pipe a password into it add --password-stdin",
                .usage)
        }
        for attempt in 1...tries {
            let isLast = attempt == tries
            var first = try ask("Password for \(name): ")
            if let complaint = complaint(first) {
                eraseSecret(&first)
                guard !isLast else { throw CommandFailure(complaint, .dataError) }
                complain(complaint)
                continue
            }
            var second = try ask("Once more: ")
            let areEqual = first == second
            eraseSecret(&second)
            if areEqual { return first }
            eraseSecret(&first)
            let differs = "those were two different ones"
            guard !isLast else { throw CommandFailure(differs, .dataError) }
            complain(differs)
        }
        return []
    }

    private static func ask(_ question: String) throws(CommandFailure) -> [UInt8] {
        let line: [UInt8]?
        do throws(SystemError) {
            line = try HiddenLine.ask(question)
        } catch {
            throw CommandFailure("the terminal cannot be asked: \(error.text)", .inputOutput)
        }
        guard let line else { throw CommandFailure("no password was given", .dataError) }
        return line
    }

    /// One line of standard input, whose end does not count.
    private static func line() throws(CommandFailure) -> [UInt8] {
        // One byte more than there may be, and a line end of two.
        var bytes = [UInt8](repeating: 0, count: Limits.passwordBytes + 3)
        var count = 0
        while count < bytes.count {
            let read = unsafe bytes.withUnsafeMutableBytes { room in
                unsafe Glibc.read(STDIN_FILENO, room.baseAddress! + count, room.count - count)
            }
            if read < 0, errno == EINTR { continue }
            guard read >= 0 else {
                throw CommandFailure("standard input: \(SystemError("read").text)", .inputOutput)
            }
            if read == 0 { break }
            count += read
        }
        var password = Array(bytes[..<count])
        eraseSecret(&bytes)
        if password.last == UInt8(ascii: "\n") { password.removeLast() }
        if password.last == UInt8(ascii: "\r") { password.removeLast() }
        guard let complaint = complaint(password) else { return password }
        eraseSecret(&password)
        throw CommandFailure(complaint, .dataError)
    }

    private static func complaint(_ password: [UInt8]) -> String? {
        guard password.count >= Limits.leastPasswordBytes else {
            return "a password has at least \(Limits.leastPasswordBytes) bytes"
        }
        guard password.count <= Limits.passwordBytes else {
            return "a password has at most \(Limits.passwordBytes) bytes"
        }
        let ends: [UInt8] = [UInt8(ascii: "\n"), UInt8(ascii: "\r"), 0]
        return password.contains(where: ends.contains) ? "a password is one line of text" : nil
    }
}
