// swift-tools-version: 6.2
import PackageDescription

/// What every Swift target of this package is compiled with.
let house: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .treatAllWarnings(as: .error),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    // The hot path runs through several modules, and without this no call from one to another is inlined.
    .unsafeFlags(["-cross-module-optimization"], .when(configuration: .release)),
]

/// No target uses tasks or regular expressions; linked statically, either costs every process memory and
/// start-up time.
let lean: [SwiftSetting] = [
    .unsafeFlags([
        "-Xfrontend", "-disable-implicit-concurrency-module-import",
        "-Xfrontend", "-disable-implicit-string-processing-module-import",
    ])
]

/// Everything is bound before main, and what the loader wrote is read-only then (full RELRO). That nothing is
/// looked for beside the binary is up to --disable-local-rpath, which the Makefile gives.
let boundBeforeMain: [LinkerSetting] = [
    .unsafeFlags(["-Xlinker", "-z", "-Xlinker", "relro", "-Xlinker", "-z", "-Xlinker", "now"])
]

/// Nobody loads this program as a library: without the table of its own symbols, which static linking of
/// Swift's library asks for, every process reads half a MiB less.
let withoutExports: [LinkerSetting] = [.unsafeFlags(["-Xlinker", "--no-export-dynamic"])]

/// Where a room uses memory that the compiler cannot answer for, an address above all, the line says
/// `unsafe`; docs/hacking.md tells more. Nothing that is built becomes another by it.
let marked: [SwiftSetting] = [.strictMemorySafety()]

/// Rooms whose unsafe lines are not marked so far. AddressSanitizer (`make sanitize`) watches them like all
/// others.
let unmarked: Set = ["BroadcastHub", "FramesShape", "Tables"]

/// A library target and the targets it may import; the table is in docs/architecture.md.
func room(_ name: String, over dependencies: [Target.Dependency]) -> Target {
    .target(
        name: name, dependencies: dependencies,
        swiftSettings: house + lean + (unmarked.contains(name) ? [] : marked))
}

/// The tests of a target; `files` are data that lies among their sources.
func tests(
    of name: String, also dependencies: [Target.Dependency] = [], besides files: [String] = []
) -> Target {
    .testTarget(
        name: "\(name)Tests",
        dependencies: [.byName(name: name), "TestSupport"] + dependencies,
        exclude: files,
        swiftSettings: house
    )
}

/// The package of the fuzzers sees the rooms through this library; nobody else asks for it.
let fuzzed: [Product] =
    Context.environment["POINTERSCOPE_FUZZING"] == nil
    ? [] : [.library(name: "Rooms", targets: ["PointerscopeCommands", "AccessControl"])]

/// What whoever builds tells of the build, and `version --json` says; nothing else may be told here, so that
/// two builds of one commit are the same.
func fact(_ name: String) -> CSetting {
    let text = Context.environment[name] ?? ""
    let isWord =
        !text.isEmpty && text.utf8.count <= 100
        && text.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "._+-".contains($0)) }
    return .define(name, to: isWord ? "\"\(text)\"" : "\"unknown\"")
}

let package = Package(
    name: "pointerscope",
    products: [
        .executable(name: "pointerscope", targets: ["pointerscope"]),
        // For Benchmarks/hub-benchmark, a package beside this one.
        .library(
            name: "BroadcastHub", targets: ["BroadcastHub", "FramesShape", "PointerEvents", "ByteCore"]),
        // For Tests/Conformance, likewise.
        .library(name: "Conformance", targets: ["ByteCore", "PosixIO", "HTTPWire", "WebSocketWire"]),
    ] + fuzzed,
    targets: [
        .systemLibrary(name: "CNCurses"),
        .target(name: "COpenSSL", linkerSettings: [.linkedLibrary(":libcrypto.a")]),
        .systemLibrary(name: "CArgon2"),
        .systemLibrary(name: "CZlib"),
        .target(name: "CLibSSL"),
        .target(
            name: "CPointerscopeShims",
            cSettings: [fact("POINTERSCOPE_COMMIT"), fact("POINTERSCOPE_TOOLCHAIN")]),
        .target(name: "ClientAssets"),

        room("ByteCore", over: []),
        room("Tables", over: ["ByteCore"]),
        room("PosixIO", over: ["ByteCore", "CPointerscopeShims"]),
        room("StateDirectory", over: ["ByteCore", "PosixIO"]),
        room("TLSClient", over: ["PosixIO", "CLibSSL"]),
        room("HTTPWire", over: ["ByteCore"]),
        room("ProxyWire", over: ["ByteCore", "HTTPWire"]),
        room("WebSocketWire", over: ["ByteCore", "HTTPWire", "CZlib"]),
        room("PointerEvents", over: ["ByteCore"]),
        room("ControlWire", over: ["ByteCore"]),
        room("Secrets", over: ["COpenSSL"]),
        room("PasswordHashing", over: ["ByteCore", "Secrets", "CArgon2", "COpenSSL"]),
        room("IdentityWire", over: ["Secrets"]),
        room("AccessControl", over: ["ByteCore", "PointerEvents", "Secrets", "COpenSSL"]),
        room("RelayWire", over: ["ByteCore", "PointerEvents"]),
        room("RelayChannels", over: ["ByteCore", "PosixIO", "RelayWire"]),
        room("SSEWire", over: ["ByteCore"]),
        room("FramesShape", over: ["ByteCore", "Tables", "PointerEvents", "SSEWire"]),
        room("BroadcastHub", over: ["ByteCore", "Tables", "PointerEvents", "SSEWire", "FramesShape"]),
        room("LiveModel", over: ["ByteCore", "Tables", "PointerEvents"]),
        room("Telemetry", over: ["ByteCore"]),
        room(
            "HelperProcesses",
            over: ["ByteCore", "PosixIO", "Telemetry", "PasswordHashing", "StateDirectory"]),
        room(
            "IngestWorker",
            over: [
                "ByteCore", "Tables", "PosixIO", "HTTPWire", "ProxyWire", "WebSocketWire", "PointerEvents",
                "IdentityWire", "RelayWire", "RelayChannels", "Telemetry",
            ]),
        room("SupervisorCore", over: ["ByteCore", "Tables"]),
        room("RateControl", over: []),
        room(
            "ClusterSupervisor",
            over: [
                "ByteCore", "SupervisorCore", "PosixIO", "PointerEvents", "RelayWire", "RelayChannels",
                "Telemetry",
            ]),
        room(
            "ViewerGateway",
            over: [
                "ByteCore", "PosixIO", "HTTPWire", "ProxyWire", "PointerEvents", "Secrets", "AccessControl",
                "FramesShape",
                "BroadcastHub", "Telemetry", "ClientAssets", "RateControl",
            ]),
        room("TerminalGraph", over: ["ByteCore", "LiveModel", "PointerEvents", "CNCurses"]),
        room(
            "LoadGenerator",
            over: ["ByteCore", "Tables", "PosixIO", "HTTPWire", "WebSocketWire", "PointerEvents"]),
        room(
            "MasterProcess",
            over: [
                "ByteCore", "PosixIO", "HTTPWire", "ProxyWire", "PointerEvents", "Secrets", "IdentityWire",
                "AccessControl", "PasswordHashing", "StateDirectory", "HelperProcesses", "RelayWire",
                "FramesShape", "SupervisorCore", "ControlWire",
                "BroadcastHub", "Telemetry", "ClusterSupervisor", "ViewerGateway", "RateControl",
            ]),
        room(
            "MonitorClient",
            over: [
                "ByteCore", "PosixIO", "TLSClient", "HTTPWire", "PointerEvents", "SSEWire", "LiveModel",
                "TerminalGraph", "ControlWire",
            ]),
        room(
            "ServerDoctor",
            over: ["ByteCore", "PosixIO", "TLSClient", "HTTPWire", "WebSocketWire", "MonitorClient"]),
        room(
            "PointerscopeCommands",
            over: [
                "ByteCore", "PosixIO", "HTTPWire", "PointerEvents", "ProxyWire", "Secrets", "AccessControl",
                "PasswordHashing", "StateDirectory", "HelperProcesses", "Telemetry", "ViewerGateway",
                "IngestWorker", "TerminalGraph", "LoadGenerator", "MasterProcess", "MonitorClient",
                "ServerDoctor", "RateControl", "SupervisorCore", "ControlWire",
            ]),
        // In C, because argc and argv are what C's main is given.
        .executableTarget(
            name: "pointerscope", dependencies: ["PointerscopeCommands"],
            linkerSettings: boundBeforeMain + withoutExports
        ),
        // What the tests of several targets need; it lies with them and is in no binary.
        .target(
            name: "TestSupport", dependencies: ["ByteCore", "PointerEvents"], path: "Tests/TestSupport",
            swiftSettings: house),
        tests(of: "ByteCore"),
        tests(of: "Tables", also: ["ByteCore"]),
        tests(of: "PosixIO", also: ["ByteCore", "CPointerscopeShims"], besides: ["pump_threads.c"]),
        tests(of: "PasswordHashing", also: ["AccessControl", "ByteCore"]),
        tests(of: "StateDirectory", also: ["PosixIO"]),
        tests(of: "TLSClient", also: ["PosixIO"]),
        tests(of: "HTTPWire", also: ["ByteCore"]),
        tests(of: "ProxyWire", also: ["ByteCore", "HTTPWire"]),
        tests(of: "WebSocketWire", also: ["ByteCore", "HTTPWire"]),
        tests(of: "ControlWire", also: ["ByteCore"]),
        tests(of: "PointerEvents", also: ["ByteCore"], besides: ["Vectors"]),
        tests(of: "Secrets"),
        tests(of: "IdentityWire", also: ["Secrets"]),
        tests(of: "AccessControl", also: ["ByteCore", "PointerEvents", "Secrets"]),
        tests(of: "RelayWire", also: ["ByteCore", "PointerEvents"]),
        tests(of: "RelayChannels", also: ["ByteCore", "PointerEvents", "PosixIO", "RelayWire"]),
        tests(of: "SSEWire", also: ["ByteCore"]),
        tests(of: "FramesShape", also: ["ByteCore", "PointerEvents", "SSEWire"]),
        tests(of: "BroadcastHub", also: ["ByteCore", "Tables", "PointerEvents", "SSEWire", "FramesShape"]),
        tests(of: "LiveModel", also: ["ByteCore", "PointerEvents", "SSEWire"]),
        tests(of: "Telemetry", also: ["ByteCore", "PosixIO"]),
        tests(
            of: "HelperProcesses",
            also: ["ByteCore", "PosixIO", "PasswordHashing", "StateDirectory", "Telemetry", "pointerscope"]),
        tests(
            of: "IngestWorker",
            also: [
                "ByteCore", "PosixIO", "HTTPWire", "ProxyWire", "WebSocketWire", "PointerEvents",
                "IdentityWire",
                "RelayWire", "RelayChannels", "Telemetry", "SupervisorCore", "ClusterSupervisor",
            ]),
        tests(of: "SupervisorCore", also: ["ByteCore", "RelayWire", "PointerEvents"]),
        tests(of: "RateControl"),
        tests(
            of: "ViewerGateway",
            also: [
                "AccessControl", "ByteCore", "HTTPWire", "PosixIO", "ProxyWire", "PointerEvents", "Secrets",
                "SSEWire", "FramesShape", "BroadcastHub", "RateControl",
            ]),
        tests(of: "TerminalGraph", also: ["ByteCore", "LiveModel"], besides: ["Goldens"]),
        tests(
            of: "LoadGenerator",
            also: ["ByteCore", "Tables", "PosixIO", "HTTPWire", "WebSocketWire", "SSEWire", "PointerEvents"]),
        tests(
            of: "MasterProcess",
            also: [
                "AccessControl", "ByteCore", "PosixIO", "ProxyWire", "RateControl", "SupervisorCore",
                "Telemetry", "ViewerGateway", "ControlWire", "ClusterSupervisor", "BroadcastHub",
                "StateDirectory",
            ]),
        tests(
            of: "MonitorClient",
            also: ["ByteCore", "ControlWire", "LiveModel", "PosixIO", "TerminalGraph"]),
        tests(of: "ServerDoctor", also: ["MonitorClient"]),
        tests(
            of: "PointerscopeCommands",
            also: [
                "AccessControl", "ByteCore", "PosixIO", "ProxyWire", "IngestWorker", "LoadGenerator",
                "MasterProcess", "MonitorClient", "ViewerGateway", "RateControl", "SupervisorCore",
                "ControlWire",
            ]),
        // The decoders' fuzz targets, over what fuzzing has found worth keeping; the fuzzer itself is a
        // package of its own in the same folder.
        .testTarget(
            name: "FuzzingTests",
            dependencies: [
                "ByteCore", "PosixIO", "HTTPWire", "ProxyWire", "WebSocketWire", "PointerEvents", "RelayWire",
                "SSEWire", "Tables", "FramesShape", "BroadcastHub", "LiveModel", "ViewerGateway",
                "TerminalGraph", "LoadGenerator", "MonitorClient", "PointerscopeCommands", "AccessControl",
                "IdentityWire", "Secrets",
                "PasswordHashing", "StateDirectory", "ServerDoctor", "IngestWorker", "Telemetry",
                "ControlWire",
            ],
            exclude: ["Package.swift", "Driver", "Wslay", "Corpora", "Findings", "fuzz.py"],
            swiftSettings: house
        ),
        .testTarget(name: "TidyTests", swiftSettings: house),
    ],
    cLanguageStandard: .c2x
)
