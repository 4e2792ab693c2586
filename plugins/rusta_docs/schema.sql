-- The index of one toolchain's documentation, or of one crate. Offsets count bytes of the documents.
CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;

CREATE TABLE documents (
  id INTEGER PRIMARY KEY,
  collection TEXT NOT NULL,
  origin TEXT NOT NULL,
  path TEXT NOT NULL UNIQUE,
  title TEXT NOT NULL,
  sha256 TEXT NOT NULL,
  size INTEGER NOT NULL,
  mtime_ns INTEGER NOT NULL
);

CREATE TABLE passages (
  id INTEGER PRIMARY KEY,
  document INTEGER NOT NULL REFERENCES documents (id) ON DELETE CASCADE,
  kind TEXT NOT NULL,
  fragment TEXT NOT NULL,
  title TEXT NOT NULL,
  headings TEXT NOT NULL,
  start INTEGER NOT NULL,
  end INTEGER NOT NULL,
  text_sha256 TEXT NOT NULL,
  anchor TEXT NOT NULL,
  searched INTEGER NOT NULL,
  text TEXT NOT NULL
);
CREATE INDEX passages_by_anchor ON passages (anchor);
CREATE INDEX passages_by_document ON passages (document, fragment);

CREATE TABLE code (
  passage INTEGER NOT NULL REFERENCES passages (id) ON DELETE CASCADE,
  number INTEGER NOT NULL,
  classes TEXT NOT NULL,
  text TEXT NOT NULL,
  PRIMARY KEY (passage, number)
) WITHOUT ROWID;

-- Passages of documents that have changed since, so that an anchor of theirs can be told from one that never was.
CREATE TABLE retired (
  anchor TEXT PRIMARY KEY,
  origin TEXT NOT NULL,
  path TEXT NOT NULL,
  title TEXT NOT NULL,
  start INTEGER NOT NULL,
  end INTEGER NOT NULL,
  text_sha256 TEXT NOT NULL,
  text TEXT NOT NULL
) WITHOUT ROWID;

CREATE VIEW searchable AS
  SELECT id, title, headings, text FROM passages WHERE searched;

CREATE VIRTUAL TABLE search USING fts5 (
  title, headings, text, content = 'searchable', content_rowid = 'id', tokenize = 'porter unicode61'
);
