/** The part of libmime that @types/libmime leaves out. */
declare module 'libmime/lib/charset.js' {
  const charset: {
    /** Throws for nothing but a bug of its tables; unknown charsets are read as UTF-8. */
    decode(bytes: Buffer, charset?: string): string;
  };
  export default charset;
}
