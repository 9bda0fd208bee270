using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace RoomWs.Server.Transport;

/// <summary>
/// What the kernel says of a socket's way out. A ping may wait behind megabytes there, long after the outbox is empty. Nothing is known
/// where the system is not Linux, or the connection is gone.
/// </summary>
/// <param name="IsFull">Whether bytes wait that the client's machine has no window for.</param>
/// <param name="Confirmed">The bytes that the client's machine has confirmed so far.</param>
internal readonly record struct KernelQueue(bool IsFull, long Confirmed)
{
    // From linux/tcp.h: the option, and where its fields are. They do not move; the kernel only adds fields at the end.
    private const int IpProtoTcp = 6;
    private const int TcpInfo = 11;
    private const int BytesAckedAt = 120;
    private const int NotSentBytesAt = 144;
    private const int EndsAt = 148;

    /// <summary>A call to the kernel. Only for clients that are in doubt.</summary>
    public static KernelQueue Of(Socket socket)
    {
        if (!OperatingSystem.IsLinux()) return default;
        Span<byte> info = stackalloc byte[EndsAt];
        try
        {
            return socket.GetRawSocketOption(IpProtoTcp, TcpInfo, info) < EndsAt
                ? default
                : new KernelQueue(MemoryMarshal.Read<uint>(info[NotSentBytesAt..]) > 0, MemoryMarshal.Read<long>(info[BytesAckedAt..]));
        }
        catch (Exception gone) when (gone is SocketException or ObjectDisposedException)
        {
            return default;
        }
    }
}
