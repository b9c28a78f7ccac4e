import Glibc

/// What a measurement was made on, for whoever reads it elsewhere.
public enum MachineDescription {
    /// System, processor, cores that this process may use, and memory, as one line; what is not known is left
    /// out (uname(2), proc(5): cpuinfo, meminfo; sched_getaffinity(2)).
    public static var text: String {
        var parts: [String] = []
        var names = utsname()
        if unsafe uname(&names) == 0 {
            let words = [field(names.sysname), field(names.release), field(names.machine)]
            parts.append(words.joined(separator: " "))
        }
        if let model = value(of: "model name", in: "/proc/cpuinfo") { parts.append(model) }
        let cores = sysconf(Int32(_SC_NPROCESSORS_ONLN))
        if cores > 0 { parts.append(cores == 1 ? "1 core" : "\(cores) cores") }
        if let memory = value(of: "MemTotal", in: "/proc/meminfo")?.split(separator: " ").first,
            let kibibytes = Int(memory)
        {
            // Halves are enough, and what the kernel keeps for itself makes no sum a round one.
            let halves = (kibibytes + 262_144) / 524_288
            parts.append("\(halves / 2)\(halves % 2 == 1 ? ".5" : "") GiB")
        }
        return parts.joined(separator: ", ")
    }

    /// A field of uname(2), which ends with a zero.
    private static func field<Characters>(_ characters: Characters) -> String {
        unsafe withUnsafeBytes(of: characters) {
            let bytes = unsafe $0.prefix { $0 != 0 }
            return unsafe String(decoding: bytes, as: UTF8.self)
        }
    }

    /// What stands behind the first `name:` of a file of /proc.
    private static func value(of name: String, in path: String) -> String? {
        // The first processor, and all of the memory, stand at the beginning.
        guard let file = try? Descriptor.opening(path, flags: O_RDONLY) else { return nil }
        var room = [UInt8](repeating: 0, count: 4096)
        let count = unsafe read(file.raw, &room, room.count)
        guard count > 0 else { return nil }
        let text = String(decoding: room[..<count], as: UTF8.self)
        for line in text.split(separator: "\n") where line.hasPrefix(name) {
            guard let colon = line.firstIndex(of: ":") else { continue }
            let words = line[line.index(after: colon)...].split { $0 == " " || $0 == "\t" }
            return words.isEmpty ? nil : words.joined(separator: " ")
        }
        return nil
    }
}
