import CPointerscopeShims

/// What this program was built from and with.
public enum BuildFacts {
    /// The commit, with `-dirty` behind it where files differed from it; `unknown` where the build was not
    /// told, as from a tarball.
    public static var commit: String { unsafe String(cString: ps_build_commit()) }
    /// The toolchain, for example `swift-6.3.1-RELEASE`, or `unknown`.
    public static var toolchain: String { unsafe String(cString: ps_build_toolchain()) }
    /// `release` or `debug`.
    public static var type: String {
        #if DEBUG
            "debug"
        #else
            "release"
        #endif
    }
}
