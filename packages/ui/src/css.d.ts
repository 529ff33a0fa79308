/** What the bundler makes of style and picture imports. */
declare module '*.module.css' {
  const classes: Readonly<Record<string, string>>;
  export default classes;
}
declare module '*.css' {}
declare module '*.svg?raw' {
  const text: string;
  export default text;
}
