// packFiles(files): one ZIP of many files, not compressed. A form takes only so many files.
(() => {
  "use strict";
  const LOCAL_HEADER = 0x04034b50;
  const CENTRAL_HEADER = 0x02014b50;
  const END = 0x06054b50;
  const VERSION = 20;
  const NAMES_ARE_UTF8 = 0x0800;
  const EARLIEST_DATE = 0x21; // 1 January 1980
  const CRC_TABLE = Uint32Array.from({length: 256}, (_, byte) => {
    let value = byte;
    for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1;
    return value >>> 0;
  });

  function computeCrc(bytes) {
    let crc = 0xffffffff;
    for (const byte of bytes) crc = CRC_TABLE[(crc ^ byte) & 0xff] ^ (crc >>> 8);
    return (crc ^ 0xffffffff) >>> 0;
  }

  // Little-endian numbers, each as [value, bytes].
  function encodeNumbers(...numbers) {
    const size = numbers.reduce((sum, [, bytes]) => sum + bytes, 0);
    const view = new DataView(new ArrayBuffer(size));
    let position = 0;
    for (const [value, bytes] of numbers) {
      if (bytes === 4) view.setUint32(position, value, true);
      else view.setUint16(position, value, true);
      position += bytes;
    }
    return view;
  }

  function describeFile(file, crc, name) {
    return [
      [NAMES_ARE_UTF8, 2], [0, 2], [0, 2], [EARLIEST_DATE, 2], [crc, 4], [file.size, 4], [file.size, 4],
      [name.length, 2], [0, 2],
    ];
  }

  window.packFiles = async files => {
    const content = [];
    const directory = [];
    let offset = 0;
    let directoryBytes = 0;
    for (const [index, file] of files.entries()) {
      const name = new TextEncoder().encode(`${index + 1}/${file.name}`); // names may be equal
      const described = describeFile(file, computeCrc(new Uint8Array(await file.arrayBuffer())), name);
      content.push(encodeNumbers([LOCAL_HEADER, 4], [VERSION, 2], ...described), name, file);
      directory.push(
        encodeNumbers(
          [CENTRAL_HEADER, 4], [VERSION, 2], [VERSION, 2], ...described, [0, 2], [0, 2], [0, 2], [0, 4], [offset, 4],
        ),
        name,
      );
      offset += 30 + name.length + file.size;
      directoryBytes += 46 + name.length;
    }
    const end = encodeNumbers(
      [END, 4], [0, 2], [0, 2], [files.length, 2], [files.length, 2], [directoryBytes, 4], [offset, 4], [0, 2],
    );
    return new File([...content, ...directory, end], `${files.length} files.zip`);
  };
})();
