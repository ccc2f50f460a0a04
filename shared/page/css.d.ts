/** A style sheet imported by browser code: the bundler takes it, the code sees nothing. */
declare module '*.css'
