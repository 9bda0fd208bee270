using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Text;
using RoomWs.Bench.Servers;

namespace RoomWs.Bench.Load;

/// <summary>One socket of the load generator. Used only by the thread of its <see cref="LoadLoop"/>.</summary>
internal sealed class LoadClient(LoadLoop loop, int number, string user, Socket socket, Dialect dialect, IReadOnlyList<string> greeting)
{
    private readonly int _descriptor = (int)socket.Handle;
    private byte[] _unsent = [];
    private Fragments _fragments;
    private int _greeted;

    /// <summary>The client's index in the loop.</summary>
    public int Number => number;

    public string User => user;

    public Dialect Dialect => dialect;

    public int Descriptor => _descriptor;

    /// <summary>Holds the received part of an incomplete frame, <see cref="PartialLength"/> bytes.</summary>
    public byte[] Partial { get; set; } = [];

    public int PartialLength { get; set; }

    public bool IsUpgraded { get; private set; }

    /// <summary>Whether the client is connected and its whole greeting is answered.</summary>
    public bool IsReady { get; private set; }

    /// <summary>The close code of the server, or 1006 if it ended the connection without one; null while it is open.</summary>
    public int? Closed { get; private set; }

    /// <summary>Gets the messages once the client is ready. Without a handler they are ignored.</summary>
    public IFrameHandler? Handler { get; set; }

    /// <summary>While false, the loop does not read the socket.</summary>
    public bool IsReading { get; private set; } = true;

    public void Send(string text) => Send(Frame.FromClient(Frame.Text, Encoding.UTF8.GetBytes(text)));

    public unsafe void Send(ReadOnlySpan<byte> frame)
    {
        if (_unsent.Length > 0)
        {
            _unsent = [.. _unsent, .. frame];
            return;
        }

        nint sent;
        fixed (byte* bytes = frame) sent = LibC.Send(_descriptor, bytes, frame.Length, LibC.NoSignal);
        if (sent == frame.Length) return;
        if (sent < 0 && Marshal.GetLastPInvokeError() != LibC.TryAgain) throw new LoadException($"Sending as {user} failed: {Marshal.GetLastPInvokeErrorMessage()}.");

        // Do not block here: while the server does not read, its output must still be read, or the two would wait for each other.
        _unsent = frame[(int)Math.Max(0, sent)..].ToArray();
        loop.Watch(this, writing: true);
    }

    public void SendUnsent()
    {
        var unsent = _unsent;
        _unsent = [];
        Send(unsent);
        if (_unsent.Length == 0) loop.Watch(this, writing: false);
    }

    public void PauseReading() => SetReading(false);

    public void ResumeReading() => SetReading(true);

    public void Upgraded()
    {
        IsUpgraded = true;
        if (!dialect.ServerSpeaksFirst) GreetOn();
    }

    public void Received(in Frame frame)
    {
        switch (frame.Opcode)
        {
            case Frame.Ping:
                Send(Frame.FromClient(Frame.Pong, frame.Payload));
                break;
            case Frame.Close:
                Ended(frame.CloseCode);
                break;
            case Frame.Text or Frame.Continuation when _fragments.TryComplete(frame, out var message):
                Received(message);
                break;
        }
    }

    private void Received(ReadOnlySpan<byte> message)
    {
        if (dialect.IsHeartbeat(message)) Send(dialect.HeartbeatReply);
        else if (!IsReady) GreetOn();
        else Handler?.Received(this, message);
    }

    /// <summary>Notes the end of the connection. The measurement fails unless the handler tolerates a close.</summary>
    public void Ended(int code)
    {
        if (Closed is not null) return;
        Closed = code;
        if (Handler is not { ToleratesClose: true }) throw new LoadException($"The server closed the connection of {user} with {code}.");
    }

    /// <summary>Resets the connection, so that no port stays in TIME_WAIT and is missing in the next measurement.</summary>
    public void Abort()
    {
        if (socket.SafeHandle.IsClosed) return;
        socket.LingerState = new LingerOption(enable: true, seconds: 0);
        socket.Dispose();
    }

    private void GreetOn()
    {
        if (_greeted == greeting.Count) IsReady = true;
        else Send(greeting[_greeted++]);
    }

    private void SetReading(bool reading)
    {
        IsReading = reading;
        loop.Watch(this, _unsent.Length > 0);
    }
}
