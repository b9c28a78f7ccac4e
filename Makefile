SWIFT ?= swift

.PHONY: run build test format

build:
	$(SWIFT) build -c release --static-swift-stdlib
