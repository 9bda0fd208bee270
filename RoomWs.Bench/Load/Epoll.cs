using System.ComponentModel;
using System.Runtime.InteropServices;

namespace RoomWs.Bench.Load;

/// <summary>An epoll descriptor and the events of its last wait. Each event has the number that its socket was added with.</summary>
internal sealed unsafe class Epoll : IDisposable
{
    private const int Capacity = 512;

    // The kernel packs struct epoll_event only on x86-64. Elsewhere the number is aligned to 8 bytes.
    private static readonly int NumberOffset = RuntimeInformation.ProcessArchitecture == Architecture.X64 ? 4 : 8;
    private static readonly int EventSize = NumberOffset + 8;

    private readonly int _descriptor;
    private readonly byte* _events = (byte*)NativeMemory.AllocZeroed((nuint)(Capacity * EventSize));

    public Epoll()
    {
        _descriptor = LibC.EpollCreate(0);
        if (_descriptor < 0) throw new Win32Exception(Marshal.GetLastPInvokeError());
    }

    public void Add(int descriptor, int number) => Control(LibC.EpollCtlAdd, descriptor, number, LibC.EpollIn);

    /// <summary>Sets what to wait for on a socket: bytes to read, room to write, both, or neither.</summary>
    public void Watch(int descriptor, int number, bool reading, bool writing) =>
        Control(LibC.EpollCtlModify, descriptor, number, (reading ? LibC.EpollIn : 0) | (writing ? LibC.EpollOut : 0));

    /// <summary>Waits for events until the timeout, and returns their number.</summary>
    public int Wait(int timeoutMilliseconds) => Math.Max(0, LibC.EpollWait(_descriptor, _events, Capacity, timeoutMilliseconds));

    public (int Number, bool CanWrite) this[int index]
    {
        get
        {
            var at = _events + (index * EventSize);
            return (*(int*)(at + NumberOffset), (*(uint*)at & LibC.EpollOut) != 0);
        }
    }

    public void Dispose()
    {
        _ = LibC.Close(_descriptor);
        NativeMemory.Free(_events);
    }

    private void Control(int operation, int descriptor, int number, uint events)
    {
        var change = stackalloc byte[EventSize];
        new Span<byte>(change, EventSize).Clear();
        *(uint*)change = events;
        *(int*)(change + NumberOffset) = number;
        if (LibC.EpollControl(_descriptor, operation, descriptor, change) != 0) throw new Win32Exception(Marshal.GetLastPInvokeError());
    }
}
