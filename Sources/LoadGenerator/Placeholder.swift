enum LoadGeneratorPlaceholder {}
