// Who is at the page: a name on loopback, a token elsewhere.

import { useState, type FormEvent } from "react";
import { identity } from "../api/client";
import { Dialog, Trouble } from "../parts/controls";
import { PersonIcon } from "../parts/glyphs";
import { useSession } from "../state/hooks";
import { twin } from "../state/twin";

function NameDialog({ onClose }: { onClose: () => void }) {
  const [name, setName] = useState(identity.name());
  const [trouble, setTrouble] = useState("");
  const save = (event: FormEvent) => {
    event.preventDefault();
    if (name.trim() === "") return setTrouble("A name is needed: it stands beside everything you do.");
    identity.setName(name);
    twin.refreshSession().then(onClose, (error: Error) => setTrouble(error.message));
  };
  return (
    <Dialog title="Who are you?" onClose={onClose}>
      <form onSubmit={save}>
        <p>Your name is written into the audit trail beside everything you acknowledge, shelve or approve.</p>
        <label className="field">
          Name
          <input value={name} onChange={(event) => setName(event.target.value)} data-autofocus maxLength={80} autoComplete="name" />
        </label>
        <Trouble text={trouble} />
        <div className="dialog-buttons">
          <button type="button" onClick={onClose}>
            Later
          </button>
          <button type="submit" className="primary">
            Save
          </button>
        </div>
      </form>
    </Dialog>
  );
}

let asked = false;

export function IdentityButton() {
  const session = useSession();
  // Asked once a visit, and only where nobody is named yet.
  const [open, setOpen] = useState(() => !asked && session !== null && !session.token_required && !session.user);
  asked = true;
  const user = session?.user ?? (identity.name() || null);
  return (
    <>
      <button
        type="button"
        className="quiet"
        onClick={() => (session?.token_required ? leave() : setOpen(true))}
        title={session?.token_required ? "Forget the token and sign in as somebody else" : "Change the name"}
      >
        <PersonIcon /> {user ?? "Who are you?"}
      </button>
      {open && <NameDialog onClose={() => setOpen(false)} />}
    </>
  );
}

function leave(): void {
  identity.forgetToken();
  location.reload();
}

export function TokenScreen() {
  const [token, setToken] = useState("");
  const [trouble, setTrouble] = useState(identity.token() ? "This token is not accepted." : "");
  const enter = (event: FormEvent) => {
    event.preventDefault();
    identity.setToken(token);
    twin.refreshSession().then(
      () => location.reload(),
      (error: Error) => {
        identity.forgetToken();
        setTrouble(error.message);
      },
    );
  };
  return (
    <main className="token-screen">
      <form onSubmit={enter}>
        <h1>Gemel</h1>
        <p>This server asks for a token. Whoever runs it can give you one.</p>
        <label className="field">
          Token
          <input type="password" value={token} onChange={(event) => setToken(event.target.value)} autoFocus autoComplete="current-password" />
        </label>
        <Trouble text={trouble} />
        <div className="dialog-buttons">
          <button type="submit" className="primary">
            Enter
          </button>
        </div>
      </form>
    </main>
  );
}
