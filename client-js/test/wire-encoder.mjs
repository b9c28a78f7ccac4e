export const encode=0;
