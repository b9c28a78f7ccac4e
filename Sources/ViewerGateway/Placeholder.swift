enum ViewerGatewayPlaceholder {}
