// swift-tools-version: 6.2
import PackageDescription

// Both ends of an echo on the decoder, the assembler and the handshakes that ingest and `load` are made of,
// for the conformance suite: `make conformance` builds and runs it. A package of its own, so that no echo is
// part of the product.
let package = Package(
    name: "conformance",
    dependencies: [.package(name: "pointerscope", path: "../..")],
    targets: [
        .executableTarget(
            name: "Echo",
            dependencies: [.product(name: "Conformance", package: "pointerscope")],
            path: "Echo",
            swiftSettings: [
                .swiftLanguageMode(.v6),
                .treatAllWarnings(as: .error),
                .enableUpcomingFeature("ExistentialAny"),
                .enableUpcomingFeature("InternalImportsByDefault"),
                .enableUpcomingFeature("MemberImportVisibility"),
            ]
        )
    ]
)
