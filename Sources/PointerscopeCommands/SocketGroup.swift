import Glibc

/// The groups of this machine.
enum SocketGroup {
    /// The number of a group by its name, or by its number (getgrnam_r(3)); nil where there is none.
    static func id(of text: String) -> UInt32? {
        if let number = UInt32(text), number != .max { return number }
        var group = unsafe Glibc.group()
        var found: UnsafeMutablePointer<group>?
        var room = [CChar](repeating: 0, count: roomBytes)
        let status = unsafe getgrnam_r(text, &group, &room, room.count, &found)
        return unsafe status == 0 && found != nil ? group.gr_gid : nil
    }

    /// A group's members are read with it, and there may be many.
    private static let roomBytes = 256 * 1024
}
