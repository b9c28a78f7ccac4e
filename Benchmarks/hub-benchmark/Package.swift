// swift-tools-version: 6.2
import PackageDescription

/// The hub by itself, without a socket or a second process; `Benchmarks/hub.py` builds and runs it.
///
/// A package of its own, so that building the product does not build it. POINTERSCOPE_TREE names another
/// checkout to measure, POINTERSCOPE_SNAPSHOT says that its hub can be written into memory, and
/// POINTERSCOPE_FILTERS that it has filters.
let package = Package(
    name: "hub-benchmark",
    dependencies: [
        .package(name: "pointerscope", path: Context.environment["POINTERSCOPE_TREE"] ?? "../..")
    ],
    targets: [
        .executableTarget(
            name: "HubBenchmark",
            dependencies: [.product(name: "BroadcastHub", package: "pointerscope")],
            swiftSettings: [.swiftLanguageMode(.v6), .treatAllWarnings(as: .error)]
                + (Context.environment["POINTERSCOPE_SNAPSHOT"] == nil ? [] : [.define("SNAPSHOT")])
                + (Context.environment["POINTERSCOPE_FILTERS"] == nil ? [] : [.define("FILTERS")])
        )
    ]
)
