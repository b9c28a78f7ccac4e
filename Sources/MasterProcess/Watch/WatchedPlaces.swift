/// Files that a server was made of, as they are named at this moment.
public struct WatchedPlaces: Equatable, Sendable {
    /// Where files are read from, each of which is there or is missed.
    public var files: [String]
    /// Files that what was read there names; which ones changes with every reading.
    public var named: Set<String> = []
    /// Directories in which other files of this kind can come to be.
    public var folders: [String]

    /// Takes the names.
    public init(files: [String] = [], folders: [String] = []) {
        self.files = files
        self.folders = folders
    }
}
