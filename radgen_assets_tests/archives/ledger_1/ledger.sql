BEGIN TRANSACTION;
CREATE TABLE about (
	name TEXT NOT NULL, 
	value TEXT NOT NULL, 
	PRIMARY KEY (name)
);
INSERT INTO "about" VALUES('format','1');
CREATE TABLE aliases (
	cohort TEXT NOT NULL, 
	alias TEXT NOT NULL, 
	"key" TEXT NOT NULL, 
	PRIMARY KEY (cohort, alias)
);
INSERT INTO "aliases" VALUES('site_a','MR-1','site_a.P001');
CREATE TABLE artifacts (
	id BIGINT NOT NULL, 
	asset TEXT NOT NULL, 
	"key" TEXT NOT NULL, 
	recipe_hash TEXT NOT NULL, 
	inputs_hash TEXT NOT NULL, 
	content_hash TEXT NOT NULL, 
	path TEXT NOT NULL, 
	bytes BIGINT NOT NULL, 
	seconds FLOAT NOT NULL, 
	state TEXT NOT NULL, 
	reason TEXT NOT NULL, 
	files TEXT NOT NULL, 
	warnings TEXT NOT NULL, 
	facts TEXT NOT NULL, 
	run_id TEXT NOT NULL, 
	pass_id TEXT NOT NULL, 
	made_at TEXT NOT NULL, 
	PRIMARY KEY (id)
);
INSERT INTO "artifacts" VALUES(10,'imaging/volumes','site_a.P001','827adf1efe5fcec7f8f0de64c5d60dcdf361267ec3e19476bcc89508420357e7','1212121212121212121212121212121212121212121212121212121212121212','3434343434343434343434343434343434343434343434343434343434343434','imaging/volumes/site_a/P001/1212121212121212',4096,1.25,'done','','[["t1ce.nii.gz","5656565656565656565656565656565656565656565656565656565656565656",4096]]','["spacing is not known"]','{"anchor":"t1ce","noise":0.5,"registered":false,"sequences":1}','run-1','20260301T083000-0123abcd','2026-11-21T14:48:02.710817+00:00');
INSERT INTO "artifacts" VALUES(11,'imaging/volumes','site_b.P001','827adf1efe5fcec7f8f0de64c5d60dcdf361267ec3e19476bcc89508420357e7','bcbcbcbcbcbcbcbcbcbcbcbcbcbcbcbcbcbcbcbcbcbcbcbcbcbcbcbcbcbcbcbc','','',0,0.0,'failed','truncated','[]','[]','{}','','','2026-11-21T14:48:02.710817+00:00');
CREATE TABLE claims (
	scope TEXT NOT NULL, 
	"key" TEXT NOT NULL, 
	owner TEXT NOT NULL, 
	claimed_at TEXT NOT NULL, 
	expires_at TEXT NOT NULL, 
	PRIMARY KEY (scope, "key")
);
INSERT INTO "claims" VALUES('patients','site_a.P001','here:1:x','2026-11-21T14:48:02.732455+00:00','2026-11-21T15:48:02.732455+00:00');
CREATE TABLE current (
	asset TEXT NOT NULL, 
	"key" TEXT NOT NULL, 
	artifact_id BIGINT NOT NULL, 
	state TEXT NOT NULL, 
	PRIMARY KEY (asset, "key"), 
	FOREIGN KEY(artifact_id) REFERENCES artifacts (id)
)
 WITHOUT ROWID

;
INSERT INTO "current" VALUES('imaging/volumes','site_a.P001',10,'done');
INSERT INTO "current" VALUES('imaging/volumes','site_b.P001',11,'failed');
CREATE TABLE fingerprints (
	kind TEXT NOT NULL, 
	"key" TEXT NOT NULL, 
	name TEXT NOT NULL, 
	value TEXT NOT NULL, 
	PRIMARY KEY (kind, "key", name)
)
 WITHOUT ROWID

;
INSERT INTO "fingerprints" VALUES('image','site_a.P001','t1ce','same');
INSERT INTO "fingerprints" VALUES('image','site_b.P001','t1ce','same');
CREATE TABLE fit_persons (
	fit_id TEXT NOT NULL, 
	fold INTEGER NOT NULL, 
	role TEXT NOT NULL, 
	"key" TEXT NOT NULL, 
	person TEXT NOT NULL, 
	PRIMARY KEY (fit_id, fold, role, "key"), 
	FOREIGN KEY(fit_id) REFERENCES fits (fit_id) ON DELETE CASCADE
)
 WITHOUT ROWID

;
INSERT INTO "fit_persons" VALUES('first/idh/0123',-1,'train','site_a.P001','person-1');
CREATE TABLE fits (
	fit_id TEXT NOT NULL, 
	asset TEXT NOT NULL, 
	inputs_hash TEXT NOT NULL, 
	content_hash TEXT NOT NULL, 
	mlflow_run_id TEXT NOT NULL, 
	taint TEXT NOT NULL, 
	made_at TEXT NOT NULL, 
	PRIMARY KEY (fit_id)
);
INSERT INTO "fits" VALUES('first/idh/0123','models/first/idh','i','c','mlflow-1','learnt from a person who was forgotten','2026-11-21T14:48:02.725819+00:00');
CREATE TABLE forgotten (
	fingerprint TEXT NOT NULL, 
	forgotten_at TEXT NOT NULL, 
	PRIMARY KEY (fingerprint)
);
INSERT INTO "forgotten" VALUES('keyed-fingerprint','2026-11-21T14:48:02.733990+00:00');
CREATE TABLE inputs (
	artifact_id BIGINT NOT NULL, 
	position INTEGER NOT NULL, 
	name TEXT NOT NULL, 
	kind TEXT NOT NULL, 
	reference TEXT NOT NULL, 
	content_hash TEXT NOT NULL, 
	PRIMARY KEY (artifact_id, position), 
	FOREIGN KEY(artifact_id) REFERENCES artifacts (id) ON DELETE CASCADE
)
 WITHOUT ROWID

;
INSERT INTO "inputs" VALUES(10,0,'scans','artifact','raw/scans|site_a.P001|7878787878787878787878787878787878787878787878787878787878787878','9a9a9a9a9a9a9a9a9a9a9a9a9a9a9a9a9a9a9a9a9a9a9a9a9a9a9a9a9a9a9a9a');
INSERT INTO "inputs" VALUES(10,1,'scans:t1ce.nii.gz','source','site_a/sub-P001/t1ce.nii.gz','abababababababababababababababababababababababababababababababab');
CREATE TABLE journal (
	seq BIGINT NOT NULL, 
	at TEXT NOT NULL, 
	kind TEXT NOT NULL, 
	subject TEXT, 
	payload TEXT, 
	salt TEXT, 
	payload_digest TEXT NOT NULL, 
	previous TEXT NOT NULL, 
	digest TEXT NOT NULL, 
	PRIMARY KEY (seq)
);
INSERT INTO "journal" VALUES(1,'2026-11-21T14:48:02.668979+00:00','pass begun','20260301T083000-0123abcd','{"trigger":"cli"}','319eec89e7c31961b51374ec0ca1283d','9bbd17e7798a3aa5ab5d09e70526730f9428250852847efc12d151ddeade4c6a','0000000000000000000000000000000000000000000000000000000000000000','f402e7b8f0846b7b9c7223784cb974b78811aec64527b1418d3ddc16276adb9b');
INSERT INTO "journal" VALUES(2,'2026-11-21T14:48:02.672148+00:00','run begun','run-1','{"link":"patients","pass":"20260301T083000-0123abcd"}','7274c4b0ae265e6a47490038c8f0170d','ebe5e690c325e2406aad800a3be057e95f5ad6974a5b280ae776a9af756d9b05','f402e7b8f0846b7b9c7223784cb974b78811aec64527b1418d3ddc16276adb9b','c6593591db8b1849b02366fff7d1f5eaffd8ee06d8640b128c7702ec55be9428');
INSERT INTO "journal" VALUES(3,'2026-11-21T14:48:02.678281+00:00','patient new','site_a.P001','{"person":"person-1","reason":"","state":"present"}','d09a794311497963fde575a8df4baaf6','41793bab4addfdedf00d5c85db924e41239b037ec9671024ade8247a9c37a8ca','c6593591db8b1849b02366fff7d1f5eaffd8ee06d8640b128c7702ec55be9428','78e5d234a9f9c7c3f9621b1b8635e31e0d841668e19e079d842fc2bc8633c13e');
INSERT INTO "journal" VALUES(4,'2026-11-21T14:48:02.678281+00:00','patient new','site_b.P001','{"person":"site_b.P001","reason":"","state":"present"}','dd22db9e70a126e3df8ec35f3f8d9cf5','e9dab7325325e90de6d40b951335bf806fdabc01c70a6109265f16e0defbe1ac','78e5d234a9f9c7c3f9621b1b8635e31e0d841668e19e079d842fc2bc8633c13e','2ef5261d27f402447f1681415ec9e7480f8770cd24229935685e04a8c1d897d2');
INSERT INTO "journal" VALUES(5,'2026-11-21T14:48:02.685397+00:00','patient new',NULL,NULL,NULL,'b6ed69aef72b2adbf07a5ca82332b981da821732634d3b5ff50ba4abda5296bf','2ef5261d27f402447f1681415ec9e7480f8770cd24229935685e04a8c1d897d2','1ce2c01a0ea5ab8116b225f004d2693dbe95d7fa7e7965580cc0768111d2d6f8');
INSERT INTO "journal" VALUES(6,'2026-11-21T14:48:02.686587+00:00','alias','site_a.P001','{"alias":"MR-1"}','915c3ff005ccaf01f0a1560d54340042','2510d1a5b8d053b63a185ab86139be78d6f5f32a65e9f15e84d846c5d23068f3','1ce2c01a0ea5ab8116b225f004d2693dbe95d7fa7e7965580cc0768111d2d6f8','aa502e2089706e0d8941b1110e6a69e6526348c8b76c149e2961d521ab2d2e97');
INSERT INTO "journal" VALUES(7,'2026-11-21T14:48:02.688161+00:00','source new','site_a.P001','{"cohort":"site_a","path":"sub-P001/t1ce.nii.gz","role":"scan:t1ce","sha256":"abababababababababababababababababababababababababababababababab","size":10}','d46c4b7a1e215e999dd56f381a9f5525','fe96415cfe6e021b2fe83b7e37dcc5d9893115cf9cc1ac4eb85299c303f2656f','aa502e2089706e0d8941b1110e6a69e6526348c8b76c149e2961d521ab2d2e97','cf79cae7385a89f3e025e9b082493470c63c032bd8af920d3b17987a85392e45');
INSERT INTO "journal" VALUES(8,'2026-11-21T14:48:02.704585+00:00','suspicion open','site_a.P001','{"reason":"","suspicion":"1577f18f055050ed"}','d0e8e7733cb00a44cdc71128ff3ed4a7','6f5bec0c0dd5cbb3e0d32b18e0bc689c3861756fc150f366cb67f8903252e119','cf79cae7385a89f3e025e9b082493470c63c032bd8af920d3b17987a85392e45','25fd0f6a89aeaa4d18372a532d5cfbf98b65173645935ca95c0afa07b91cf0fa');
INSERT INTO "journal" VALUES(9,'2026-11-21T14:48:02.704585+00:00','suspicion open','site_b.P001','{"reason":"","suspicion":"1577f18f055050ed"}','3627de4778cd645482ecdab380ae2f72','f7c66d8f46a1cbe1dae985ca0e89ce585ff1c2beabf45567c478c52fd46ba52f','25fd0f6a89aeaa4d18372a532d5cfbf98b65173645935ca95c0afa07b91cf0fa','818a692126d3b39f9df59cf1ada3a1449255c05080e98a5cbf35c38f4bb6312a');
INSERT INTO "journal" VALUES(10,'2026-11-21T14:48:02.710817+00:00','artifact','site_a.P001','{"asset":"imaging/volumes","content":"3434343434343434343434343434343434343434343434343434343434343434","inputs":"1212121212121212121212121212121212121212121212121212121212121212","pass":"20260301T083000-0123abcd","path":"imaging/volumes/site_a/P001/1212121212121212","reason":"","recipe":"827adf1efe5fcec7f8f0de64c5d60dcdf361267ec3e19476bcc89508420357e7","run":"run-1","state":"done"}','64cfa821dad3d97364419ff64c53cdac','eefa401686a21b7a65b89ead51e9f16cd77632e9e54cd018bf43c567ecc72216','818a692126d3b39f9df59cf1ada3a1449255c05080e98a5cbf35c38f4bb6312a','c26bbb4d8820513d275638e8a64e35ae8bceba446f524600b73b26e7ba8447a7');
INSERT INTO "journal" VALUES(11,'2026-11-21T14:48:02.710817+00:00','artifact','site_b.P001','{"asset":"imaging/volumes","content":"","inputs":"bcbcbcbcbcbcbcbcbcbcbcbcbcbcbcbcbcbcbcbcbcbcbcbcbcbcbcbcbcbcbcbc","pass":"","path":"","reason":"truncated","recipe":"827adf1efe5fcec7f8f0de64c5d60dcdf361267ec3e19476bcc89508420357e7","run":"","state":"failed"}','b23dbb9cce40f9093f343cf741262f41','47361ffb5c05c2dc5b6e312078071dc04f67c9a5d8533b0130cab07b36f874fa','c26bbb4d8820513d275638e8a64e35ae8bceba446f524600b73b26e7ba8447a7','d995ec4c24c7961f58afd5e74b8366c04d69c1ae71500413142e0561f62e5278');
INSERT INTO "journal" VALUES(12,'2026-11-21T14:48:02.725819+00:00','fit','first/idh/0123','{"asset":"models/first/idh","content":"c","inputs":"i","mlflow_run":"mlflow-1","persons":1}','8bf1f4368515e64d816cdb9e517723f8','37c16e0223b38fbeed2549f14689745002dbb8dce6d96c7a67c46e15c63b9502','d995ec4c24c7961f58afd5e74b8366c04d69c1ae71500413142e0561f62e5278','e0f96d1bc012ed16518fcd32c419c4aafcf72c1fcf1355aa6f1d681412191200');
INSERT INTO "journal" VALUES(13,'2026-11-21T14:48:02.727326+00:00','fit tainted','first/idh/0123','{"reason":"learnt from a person who was forgotten"}','675b421a72d47866b1f7746a4ec53727','861e2e0ae12141e15b09ff2d044c58d97658ac14f375aca5aadccb385aae1647','e0f96d1bc012ed16518fcd32c419c4aafcf72c1fcf1355aa6f1d681412191200','7926cf09c8e596f77d1cd3e5a644a355615ee7162009df32c85599789565041b');
INSERT INTO "journal" VALUES(14,'2026-11-21T14:48:02.733990+00:00','forgotten','keyed-fingerprint','{"rows":{"aliases":0,"artifacts":0,"claims":0,"current":0,"fingerprints":0,"fit_persons":0,"inputs":0,"journal":1,"patients":1,"sources":0,"suspicions":0}}','e0e451c9bbcb3120354826c86a906b18','9e2b2a28404d9b04c467ba94f2555d529e9205dea1ad60c6ed1cdf413e55c8db','7926cf09c8e596f77d1cd3e5a644a355615ee7162009df32c85599789565041b','c1c12c500da22d835cfb5efaf8943640eb636893168e6364666f0e95e818878c');
INSERT INTO "journal" VALUES(15,'2026-11-21T14:48:02.747361+00:00','run ended','run-1','{"state":"done"}','2a709944f23ec745be7164ff142c0578','89c47820ddf13944cd3355f3fd7b25832a2b771fda106263e913355d214fb90c','c1c12c500da22d835cfb5efaf8943640eb636893168e6364666f0e95e818878c','2fe9c2cad05a33eb4cd6ed4c732d8b66782448df47215676f81ad9fba0f69b9e');
INSERT INTO "journal" VALUES(16,'2026-11-21T14:48:02.748031+00:00','pass ended','20260301T083000-0123abcd','{"state":"done","summary":"{\"computed\":1,\"failed\":1}"}','e34319f4b9418ddc28ffe5d88d8365ad','1b826a722ebb2574facb9e95d5defde8a8d212fcc16915e64710c2847f8b7087','2fe9c2cad05a33eb4cd6ed4c732d8b66782448df47215676f81ad9fba0f69b9e','79af054a70b9c41c68b88938cb2e848929a2c19b40b58560e9c87a91bf0fa977');
CREATE TABLE passes (
	pass_id TEXT NOT NULL, 
	"trigger" TEXT NOT NULL, 
	started_at TEXT NOT NULL, 
	ended_at TEXT, 
	state TEXT NOT NULL, 
	summary TEXT NOT NULL, 
	PRIMARY KEY (pass_id)
);
INSERT INTO "passes" VALUES('20260301T083000-0123abcd','cli','2026-11-21T14:48:02.668979+00:00','2026-11-21T14:48:02.748031+00:00','done','{"computed":1,"failed":1}');
CREATE TABLE patients (
	"key" TEXT NOT NULL, 
	cohort TEXT NOT NULL, 
	patient TEXT NOT NULL, 
	person TEXT NOT NULL, 
	state TEXT NOT NULL, 
	reason TEXT NOT NULL, 
	first_seen TEXT NOT NULL, 
	last_seen TEXT NOT NULL, 
	PRIMARY KEY ("key")
);
INSERT INTO "patients" VALUES('site_a.P001','site_a','P001','person-1','present','','2026-11-21T14:48:02.678281+00:00','2026-11-21T14:48:02.678281+00:00');
INSERT INTO "patients" VALUES('site_b.P001','site_b','P001','site_b.P001','present','','2026-11-21T14:48:02.678281+00:00','2026-11-21T14:48:02.678281+00:00');
CREATE TABLE recipes (
	recipe_hash TEXT NOT NULL, 
	asset TEXT NOT NULL, 
	code_version TEXT NOT NULL, 
	settings TEXT NOT NULL, 
	first_seen TEXT NOT NULL, 
	PRIMARY KEY (recipe_hash)
);
INSERT INTO "recipes" VALUES('827adf1efe5fcec7f8f0de64c5d60dcdf361267ec3e19476bcc89508420357e7','imaging/volumes','1','{"orientation":"RAS"}','2026-11-21T14:48:02.710817+00:00');
CREATE TABLE runs (
	run_id TEXT NOT NULL, 
	pass_id TEXT NOT NULL, 
	link TEXT NOT NULL, 
	started_at TEXT NOT NULL, 
	ended_at TEXT, 
	state TEXT NOT NULL, 
	PRIMARY KEY (run_id)
);
INSERT INTO "runs" VALUES('run-1','20260301T083000-0123abcd','patients','2026-11-21T14:48:02.672148+00:00','2026-11-21T14:48:02.747361+00:00','done');
CREATE TABLE sources (
	cohort TEXT NOT NULL, 
	path TEXT NOT NULL, 
	"key" TEXT NOT NULL, 
	role TEXT NOT NULL, 
	size BIGINT NOT NULL, 
	mtime_ns BIGINT NOT NULL, 
	inode TEXT NOT NULL, 
	sha256 TEXT NOT NULL, 
	first_seen TEXT NOT NULL, 
	last_seen TEXT NOT NULL, 
	gone BOOLEAN NOT NULL, 
	PRIMARY KEY (cohort, path)
);
INSERT INTO "sources" VALUES('site_a','sub-P001/t1ce.nii.gz','site_a.P001','scan:t1ce',10,1772000000000000001,'18446744073709551615','abababababababababababababababababababababababababababababababab','2026-11-21T14:48:02.688161+00:00','2026-11-21T14:48:02.688161+00:00',0);
CREATE TABLE suspicions (
	suspicion_id TEXT NOT NULL, 
	kind TEXT NOT NULL, 
	keys TEXT NOT NULL, 
	persons TEXT NOT NULL, 
	evidence TEXT NOT NULL, 
	state TEXT NOT NULL, 
	reason TEXT NOT NULL, 
	first_seen TEXT NOT NULL, 
	last_seen TEXT NOT NULL, 
	PRIMARY KEY (suspicion_id)
);
INSERT INTO "suspicions" VALUES('1577f18f055050ed','image','["site_a.P001","site_b.P001"]','["person-1","site_b.P001"]','{"t1ce":"same"}','open','','2026-11-21T14:48:02.704585+00:00','2026-11-21T14:48:02.704585+00:00');
CREATE INDEX patients_by_cohort ON patients (cohort);
CREATE INDEX patients_by_person ON patients (person);
CREATE INDEX aliases_by_key ON aliases ("key");
CREATE INDEX sources_by_sha256 ON sources (sha256);
CREATE INDEX sources_by_key ON sources ("key");
CREATE INDEX artifacts_by_inputs ON artifacts (asset, "key", inputs_hash);
CREATE INDEX artifacts_by_pass ON artifacts (pass_id);
CREATE INDEX artifacts_by_key ON artifacts ("key");
CREATE INDEX fits_by_asset ON fits (asset);
CREATE INDEX claims_by_owner ON claims (owner);
CREATE INDEX runs_by_pass ON runs (pass_id);
CREATE INDEX fingerprints_by_value ON fingerprints (kind, value);
CREATE INDEX journal_by_subject ON journal (subject);
CREATE TRIGGER journal_keeps_rows before delete on journal begin select raise(abort, 'the journal is append-only'); end;
CREATE TRIGGER journal_keeps_words before update on journal when new.seq is not old.seq or new.at is not old.at or new.kind is not old.kind or new.payload_digest is not old.payload_digest or new.previous is not old.previous or new.digest is not old.digest or new.subject is not null or new.payload is not null or new.salt is not null begin select raise(abort, 'the journal is append-only'); end;
CREATE INDEX inputs_by_reference ON inputs (reference);
CREATE INDEX current_by_state ON current (asset, state);
CREATE INDEX current_by_artifact ON current (artifact_id);
CREATE INDEX fit_persons_by_person ON fit_persons (person);
COMMIT;
